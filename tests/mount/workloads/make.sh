# A small C project: dependencies by time, an archive, a program that runs from the mount.
mkdir src; i=0
while [ $i -lt 12 ]; do echo "int f$i(void) { return $i; }" > "src/f$i.c"; i=$((i + 1)); done
{ i=0; while [ $i -lt 12 ]; do echo "int f$i(void);"; i=$((i + 1)); done; } > src/all.h
{
  printf '#include <stdio.h>\n#include "all.h"\nint main(void) { int s = 0;\n'
  i=0; while [ $i -lt 12 ]; do echo "s += f$i();"; i=$((i + 1)); done
  echo 'printf("%d", s); return puts("") < 0; }'
} > src/main.c
cat > Makefile <<'END'
OBJS := $(patsubst src/%.c,obj/%.o,$(sort $(wildcard src/f*.c)))
prog: obj/main.o lib.a ; gcc -o $@ $^
lib.a: $(OBJS) ; ar rcD $@ $^
obj/%.o: src/%.c src/all.h | obj ; gcc -O1 -c -o $@ $<
obj: ; mkdir -p $@
END
make -s -j2; ./prog; ls obj | wc -l
make -q && echo "up to date"
sleep 0.02; echo 'int f3(void) { return 300; }' > src/f3.c
make -n | grep -c 'gcc -O1'; make -s; ./prog; ar t lib.a | sort | tr '\n' ' '; strip prog; ./prog
rm -rf src obj lib.a prog Makefile; ls -A | wc -l
