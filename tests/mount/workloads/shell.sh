# A shell script as people write them: appends, here-documents, pipes, globs, find, sort, sed -i.
mkdir -p a/b/c "with space" && cd a
for i in 1 2 3 4 5 6 7 8 9 10; do echo "line $i" >> log; done
cat > here <<'END'
first $HOME
second
END
cat here log | tee both | wc -l
sed -i 's/line/LINE/' log && grep -c LINE log
(echo one; echo two) > pair; exec 3>>pair; echo three >&3; exec 3>&-; cat pair
cp -a b "b copy" && touch b/c/x "b copy/y" && find . | sort
mv "b copy" ../"with space"/moved && ls -R ..
i=0; while [ $i -lt 200 ]; do echo $i > "n$i"; i=$((i + 1)); done
ls n* | wc -l; cat n* | sort -n | tail -1; rm n*; ls
ln -s here link; ln here hard; cat link; stat -c '%h %s %F' here link
set -C; echo no > here 2> /dev/null || echo "kept"; set +C
chmod 400 here; test -r here; chmod 755 log; ./log 2> /dev/null || true
printf '#!/bin/sh\necho ran "$@"\n' > prog; chmod +x prog; ./prog x y
dd if=/dev/zero of=sparse bs=1 count=1 seek=1048575 2> /dev/null; stat -c %s sparse; cksum sparse
truncate -s 10 sparse; cksum sparse; split -l 3 log part.; cat part.* | cksum; cksum log
rm -r ../"with space" ; cd ..; rm -r a; ls -A | wc -l
