package main

import (
	"hash/fnv"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"
)

// memory keeps every file and directory under its whole path.
type memory struct {
	mu    sync.RWMutex
	nodes map[string]*node
}

type node struct {
	mu    sync.RWMutex
	data  []byte
	mode  os.FileMode
	mtime time.Time
}

func newMemory() *memory {
	root := &node{mode: os.ModeDir | 0o755, mtime: time.Now()}
	return &memory{nodes: map[string]*node{"/": root}}
}

func (m *memory) find(path string) *node {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return m.nodes[path]
}

// The number of a file is made from its path.
func number(path string) uint64 {
	hash := fnv.New64a()
	hash.Write([]byte(path))
	return hash.Sum64()
}

func (n *node) info(path string) info {
	n.mu.RLock()
	defer n.mu.RUnlock()
	return info{size: int64(len(n.data)), mode: n.mode, mtime: n.mtime.Unix(), ino: number(path)}
}

func (m *memory) stat(path string) (info, error) {
	path = filepath.Clean(path)
	found := m.find(path)
	if found == nil {
		return info{}, syscall.ENOENT
	}
	return found.info(path), nil
}

// list looks at every path there is, as a map without an order makes it.
func (m *memory) list(path string) ([]entry, error) {
	path = filepath.Clean(path)
	m.mu.RLock()
	defer m.mu.RUnlock()
	if m.nodes[path] == nil {
		return nil, syscall.ENOENT
	}
	prefix := strings.TrimSuffix(path, "/") + "/"
	var entries []entry
	for each, found := range m.nodes {
		name, ok := strings.CutPrefix(each, prefix)
		if ok && name != "" && !strings.Contains(name, "/") {
			entries = append(entries, entry{name: name, info: found.info(each)})
		}
	}
	return entries, nil
}

func (m *memory) open(path string, flags int, mode os.FileMode) (handle, error) {
	path = filepath.Clean(path)
	if flags&os.O_CREATE != 0 {
		if err := m.add(path, mode, flags&os.O_EXCL != 0); err != nil {
			return nil, err
		}
	}
	found := m.find(path)
	if found == nil {
		return nil, syscall.ENOENT
	}
	if flags&os.O_TRUNC != 0 {
		found.mu.Lock()
		found.data = nil
		found.mu.Unlock()
	}
	return &memoryHandle{path: path, node: found}, nil
}

func (m *memory) add(path string, mode os.FileMode, exclusive bool) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.nodes[filepath.Dir(path)] == nil {
		return syscall.ENOENT
	}
	if m.nodes[path] == nil {
		m.nodes[path] = &node{mode: mode, mtime: time.Now()}
	} else if exclusive {
		return syscall.EEXIST
	}
	return nil
}

func (m *memory) mkdir(path string, mode os.FileMode) error {
	return m.add(filepath.Clean(path), os.ModeDir|mode, true)
}

func (m *memory) remove(path string) error {
	path = filepath.Clean(path)
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.nodes[path] == nil {
		return syscall.ENOENT
	}
	delete(m.nodes, path)
	return nil
}

func (m *memory) rename(from, to string) error {
	from, to = filepath.Clean(from), filepath.Clean(to)
	m.mu.Lock()
	defer m.mu.Unlock()
	found := m.nodes[from]
	if found == nil {
		return syscall.ENOENT
	}
	delete(m.nodes, from)
	m.nodes[to] = found
	return nil
}

type memoryHandle struct {
	path string
	node *node
}

func (h *memoryHandle) ReadAt(p []byte, off int64) (int, error) {
	h.node.mu.RLock()
	defer h.node.mu.RUnlock()
	if off >= int64(len(h.node.data)) {
		return 0, io.EOF
	}
	count := copy(p, h.node.data[off:])
	if count < len(p) {
		return count, io.EOF
	}
	return count, nil
}

func (h *memoryHandle) WriteAt(p []byte, off int64) (int, error) {
	h.node.mu.Lock()
	defer h.node.mu.Unlock()
	if end := off + int64(len(p)); end > int64(len(h.node.data)) {
		grown := make([]byte, end)
		copy(grown, h.node.data)
		h.node.data = grown
	}
	h.node.mtime = time.Now()
	return copy(h.node.data[off:], p), nil
}

func (h *memoryHandle) stat() (info, error) { return h.node.info(h.path), nil }
func (h *memoryHandle) Close() error        { return nil }
