# Clone, check, change, collect garbage, and compare: $FIXTURE is a repository.
export HOME="$PWD/home" GIT_CONFIG_NOSYSTEM=1; mkdir home
git config --global user.email a@example.com; git config --global user.name A
git config --global advice.detachedHead false; git config --global init.defaultBranch main
git clone -q --no-local "$FIXTURE" clone
cd clone
git fsck --full 2>&1 | grep -v '^notice' || true
git status --porcelain | wc -l
git rev-parse 'HEAD^{tree}'
echo changed > dir1/file1; git rm -q dir2/file2; git mv dir3/file3 dir3/moved; echo new > new
git add -A
GIT_AUTHOR_DATE='2020-01-01T00:00:00Z' GIT_COMMITTER_DATE='2020-01-01T00:00:00Z' git commit -q -m two
git rev-parse HEAD; git log --oneline | wc -l
git branch side HEAD~1; git checkout -q side; git rev-parse 'HEAD^{tree}'; git checkout -q main
git stash -q 2> /dev/null || true
git gc -q --aggressive --prune=now; git fsck --full; git count-objects -v | grep -E '^(count|packs|garbage)'
git repack -adq; git clone -q . ../second; git -C ../second rev-parse HEAD
cd ..; rm -rf clone second home
