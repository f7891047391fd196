package main

import "os"

// info is what a provider knows of a file.
type info struct {
	size  int64
	mode  os.FileMode
	mtime int64
	ino   uint64
}

// entry is one name of a directory.
type entry struct {
	name string
	info info
}

// handle is an open file.
type handle interface {
	ReadAt(p []byte, off int64) (int, error)
	WriteAt(p []byte, off int64) (int, error)
	stat() (info, error)
	Close() error
}

// provider is a tree of files.
type provider interface {
	stat(path string) (info, error)
	list(path string) ([]entry, error)
	open(path string, flags int, mode os.FileMode) (handle, error)
	mkdir(path string, mode os.FileMode) error
	remove(path string) error
	rename(from, to string) error
}
