// Stands in for the reference server where its module cannot be fetched, as a peer for bench/run.ts.
//
//	go_standin memory SOCKET
//	go_standin directory SOCKET ROOT
//
// It is no copy of the reference: it is the plainest server in Go of the operations that are
// measured, with what decides the reference's speed chosen alike. Each connection has a goroutine
// that reads the length, reads the frame into a new slice, decodes it with fxamacker/cbor into a
// struct, executes it, encodes a struct, and writes length and frame one after the other. Memory is
// a map from whole paths; a directory is plain calls of package os, which confine nothing.
package main

import (
	"fmt"
	"net"
	"os"
)

func main() {
	if len(os.Args) < 3 {
		fmt.Fprintln(os.Stderr, "usage: go_standin memory|directory SOCKET [ROOT]")
		os.Exit(2)
	}
	var files provider
	if os.Args[1] == "directory" {
		files = directory{root: os.Args[3]}
	} else {
		files = newMemory()
	}
	listener, err := net.Listen("unix", os.Args[2])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	s := &server{files: files}
	fmt.Println("ready")
	for {
		conn, err := listener.Accept()
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		go s.serve(conn)
	}
}
