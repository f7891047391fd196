package main

import (
	"encoding/binary"
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"syscall"

	"github.com/fxamacker/cbor/v2"
)

// The operations that the rows of the bench use.
const (
	opLookup  = 0
	opGetattr = 1
	opRead    = 3
	opWrite   = 4
	opCreate  = 5
	opMkdir   = 6
	opUnlink  = 7
	opRename  = 9
	opOpen    = 10
	opRelease = 11
	opReaddir = 12
)

type request struct {
	Op      uint8  `cbor:"op"`
	Path    string `cbor:"path,omitempty"`
	NewPath string `cbor:"new_path,omitempty"`
	Handle  uint64 `cbor:"fh,omitempty"`
	Offset  int64  `cbor:"off,omitempty"`
	Size    uint32 `cbor:"sz,omitempty"`
	Data    []byte `cbor:"data,omitempty"`
	Flags   uint32 `cbor:"flags,omitempty"`
	Mode    uint32 `cbor:"mode,omitempty"`
	UID     uint32 `cbor:"uid,omitempty"`
	GID     uint32 `cbor:"gid,omitempty"`
}

type response struct {
	Err     int32      `cbor:"err"`
	Stat    *wireStat  `cbor:"stat,omitempty"`
	Data    []byte     `cbor:"data,omitempty"`
	Written uint32     `cbor:"written,omitempty"`
	Handle  uint64     `cbor:"fh,omitempty"`
	Entries []wireName `cbor:"entries,omitempty"`
}

type wireStat struct {
	Size  int64  `cbor:"size"`
	Mode  uint32 `cbor:"mode"`
	Mtime int64  `cbor:"mtime"`
	IsDir bool   `cbor:"is_dir"`
	Ino   uint64 `cbor:"ino,omitempty"`
}

type wireName struct {
	Name  string `cbor:"name"`
	IsDir bool   `cbor:"is_dir"`
	Mode  uint32 `cbor:"mode"`
	Size  int64  `cbor:"size"`
	Ino   uint64 `cbor:"ino,omitempty"`
}

type server struct {
	files   provider
	handles sync.Map
	last    uint64
}

// serve answers the requests of one connection until it breaks.
func (s *server) serve(conn net.Conn) {
	defer conn.Close()
	for {
		var length [4]byte
		if _, err := io.ReadFull(conn, length[:]); err != nil {
			return
		}
		frame := make([]byte, binary.BigEndian.Uint32(length[:]))
		if _, err := io.ReadFull(conn, frame); err != nil {
			return
		}
		var req request
		if cbor.Unmarshal(frame, &req) != nil {
			return
		}
		answer, err := s.answer(&req)
		if err != nil {
			answer = &response{Err: -errnoOf(err)}
		}
		encoded, err := cbor.Marshal(answer)
		if err != nil {
			return
		}
		binary.BigEndian.PutUint32(length[:], uint32(len(encoded)))
		if _, err := conn.Write(length[:]); err != nil {
			return
		}
		if _, err := conn.Write(encoded); err != nil {
			return
		}
	}
}

func (s *server) answer(req *request) (*response, error) {
	switch req.Op {
	case opLookup, opGetattr:
		return statOf(s.files.stat(req.Path))
	case opOpen:
		return s.open(req, int(req.Flags), false)
	case opCreate:
		return s.open(req, os.O_RDWR|os.O_CREATE|os.O_TRUNC, true)
	case opRelease:
		if found, ok := s.handles.LoadAndDelete(req.Handle); ok {
			found.(handle).Close()
		}
		return &response{}, nil
	case opRead, opWrite:
		found, ok := s.handles.Load(req.Handle)
		if !ok {
			return nil, syscall.EBADF
		}
		return transfer(found.(handle), req)
	case opReaddir:
		return listed(s.files.list(req.Path))
	case opMkdir:
		if err := s.files.mkdir(req.Path, os.FileMode(req.Mode)); err != nil {
			return nil, err
		}
		return statOf(s.files.stat(req.Path))
	case opUnlink:
		return &response{}, s.files.remove(req.Path)
	case opRename:
		return &response{}, s.files.rename(req.Path, req.NewPath)
	}
	return nil, syscall.ENOSYS
}

func (s *server) open(req *request, flags int, withStat bool) (*response, error) {
	opened, err := s.files.open(req.Path, flags, os.FileMode(req.Mode))
	if err != nil {
		return nil, err
	}
	answer := &response{}
	if withStat {
		if answer, err = statOf(opened.stat()); err != nil {
			opened.Close()
			return nil, err
		}
	}
	answer.Handle = atomic.AddUint64(&s.last, 1)
	s.handles.Store(answer.Handle, opened)
	return answer, nil
}

func transfer(file handle, req *request) (*response, error) {
	if req.Op == opWrite {
		count, err := file.WriteAt(req.Data, req.Offset)
		return &response{Written: uint32(count)}, err
	}
	data := make([]byte, req.Size)
	count, err := file.ReadAt(data, req.Offset)
	if err == io.EOF {
		err = nil
	}
	return &response{Data: data[:count]}, err
}

func statOf(found info, err error) (*response, error) {
	return &response{Stat: &wireStat{
		Size:  found.size,
		Mode:  uint32(found.mode),
		Mtime: found.mtime,
		IsDir: found.mode.IsDir(),
		Ino:   found.ino,
	}}, err
}

func listed(found []entry, err error) (*response, error) {
	entries := make([]wireName, len(found))
	for i, each := range found {
		entries[i] = wireName{
			Name:  each.name,
			IsDir: each.info.mode.IsDir(),
			Mode:  uint32(each.info.mode.Type()),
			Size:  each.info.size,
			Ino:   each.info.ino,
		}
	}
	return &response{Entries: entries}, err
}

func errnoOf(err error) int32 {
	var errno syscall.Errno
	if errors.As(err, &errno) {
		return int32(errno)
	}
	return int32(syscall.EIO)
}
