# There and back, with owners, times, links and modes; then again, when nothing is to be done.
rsync -aHAX --numeric-ids "$FIXTURE.tree/" there/
rsync -aHAX --numeric-ids --checksum there/ "$SCRATCH/back/"
rsync -aHAXni --numeric-ids --checksum "$FIXTURE.tree/" "$SCRATCH/back/" | grep -v '^\.d' | wc -l
rsync -aHAXni --numeric-ids "$FIXTURE.tree/" there/ | wc -l
find there -printf '%P %y %m %n %s %l\n' | grep -v '^ ' | sort | awk '{ if ($2 == "d") $5 = 0; print }' | sha256sum
rsync -a --delete --exclude 'dir1*' --delete-excluded "$FIXTURE.tree/" there/; find there | wc -l
rsync -a --inplace --append-verify "$FIXTURE.tree/" there/; find there | wc -l
rm -rf there "$SCRATCH/back"
