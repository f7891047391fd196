# Writes through mappings, seen by reads, by other mappings, and after msync, close and unlink.
gcc -O1 -o "$SCRATCH/mapper" "$PROGRAMS/mapper.c"
"$SCRATCH/mapper" file; cksum file; ls -l file | awk '{ print $5 }'; rm file; ls -A | wc -l
