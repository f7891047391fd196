package main

import (
	"os"
	"path/filepath"
	"syscall"
)

// directory is a directory of the host. It confines nothing.
type directory struct{ root string }

func (d directory) real(path string) string {
	return filepath.Join(d.root, filepath.Clean(path))
}

func infoOf(found os.FileInfo) info {
	made := info{size: found.Size(), mode: found.Mode(), mtime: found.ModTime().Unix()}
	if stat, ok := found.Sys().(*syscall.Stat_t); ok {
		made.ino = stat.Ino
	}
	return made
}

func (d directory) stat(path string) (info, error) {
	found, err := os.Lstat(d.real(path))
	if err != nil {
		return info{}, err
	}
	return infoOf(found), nil
}

func (d directory) list(path string) ([]entry, error) {
	found, err := os.ReadDir(d.real(path))
	if err != nil {
		return nil, err
	}
	entries := make([]entry, 0, len(found))
	for _, each := range found {
		if about, err := each.Info(); err == nil {
			entries = append(entries, entry{name: each.Name(), info: infoOf(about)})
		}
	}
	return entries, nil
}

func (d directory) open(path string, flags int, mode os.FileMode) (handle, error) {
	file, err := os.OpenFile(d.real(path), flags|syscall.O_NOFOLLOW, mode)
	if err != nil {
		return nil, err
	}
	return directoryHandle{file}, nil
}

func (d directory) mkdir(path string, mode os.FileMode) error {
	return os.Mkdir(d.real(path), mode)
}

func (d directory) remove(path string) error { return os.Remove(d.real(path)) }

func (d directory) rename(from, to string) error {
	return os.Rename(d.real(from), d.real(to))
}

type directoryHandle struct{ *os.File }

func (h directoryHandle) stat() (info, error) {
	found, err := h.File.Stat()
	if err != nil {
		return info{}, err
	}
	return infoOf(found), nil
}
