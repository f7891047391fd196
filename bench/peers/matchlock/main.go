// Serves files with the reference implementation, as a peer for bench/run.ts.
//
//	matchlock memory SOCKET
//	matchlock directory SOCKET ROOT
package main

import (
	"fmt"
	"os"

	"github.com/jingkaihe/matchlock/pkg/vfs"
)

func main() {
	if len(os.Args) < 3 {
		fmt.Fprintln(os.Stderr, "usage: matchlock memory|directory SOCKET [ROOT]")
		os.Exit(2)
	}
	var provider vfs.Provider
	if os.Args[1] == "directory" {
		provider = vfs.NewRealFSProvider(os.Args[3])
	} else {
		provider = vfs.NewMemoryProvider()
	}
	stop, err := vfs.NewVFSServer(provider).ServeUDSBackground(os.Args[2])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	defer stop()
	fmt.Println("ready")
	select {}
}
