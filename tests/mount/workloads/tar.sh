# Out of an archive and back: $FIXTURE.tar holds a tree of a few thousand files.
mkdir out; tar -xpf "$FIXTURE.tar" -C out
(cd out && find . -type f -print0 | sort -z | xargs -0 sha256sum | sha256sum)
find out | wc -l
(cd out && tar -cf - --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner .) | sha256sum
tar -df "$FIXTURE.tar" -C out && echo same
cp -a out copy && diff -r out copy && echo equal
rm -rf out copy; ls -A | wc -l
