# Two processes that keep out of each other's way, and count correctly.
echo 0 > counter; : > lock
add() { i=0; while [ $i -lt 40 ]; do flock lock sh -c 'n=$(cat counter); echo $((n + 1)) > counter'; i=$((i + 1)); done; }
add & one=$!; add & two=$!; wait $one; wait $two; cat counter
flock lock sleep 2 & holder=$!; sleep 0.3
flock -n lock true || echo "busy"; flock -s -n lock true || echo "busy for readers"
flock -w 0.1 lock true || echo "waited"; flock lock echo "got it"; wait $holder
flock -s lock sh -c 'flock -s -n lock echo shared; flock -n lock true || echo "not exclusive"'
rm counter lock; ls -A | wc -l
