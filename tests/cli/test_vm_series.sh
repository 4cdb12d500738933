#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# faultline vm compare --tree: what is refused; that the repository is left as
# it was; and where QEMU and images are there, a series whose kernels are not
# built but picked from the cache.
# shellcheck source=tests/cli/runs.sh
. "$(dirname "$0")/runs.sh"

command -v git >/dev/null || { echo "no git"; exit 77; }
kernel=$(find_kernel tiny 6.1 5.10 6.12 6.18 newest)
XDG_CACHE_HOME=$scratch/cache
HOME=$scratch
GIT_CONFIG_NOSYSTEM=1
export XDG_CACHE_HOME HOME GIT_CONFIG_NOSYSTEM
unset GIT_DIR GIT_INDEX_FILE GIT_WORK_TREE

refused()
{
	refused_by compare "$@"
}

quiet_git()
{
	git -C repo -c user.name=T -c user.email=t@example.org "$@" >/dev/null 2>&1
}

# commit WORD SUBJECT: a tree whose file says what to pick
commit()
{
	echo "$1" >repo/pick
	quiet_git add -A
	quiet_git commit -m "$2" || die "git commit"
}

mkdir repo plain
quiet_git init || die "git init"
commit first "the base"
quiet_git tag base
commit same "$(printf 'a subject with \033[31m bytes of a terminal, and so long that it is cut')"
commit broken "does not build"
commit other "something more"
quiet_git checkout -b side base
echo aside >repo/aside
quiet_git add -A
quiet_git commit -m "aside"
quiet_git checkout -
quiet_git merge -m "brings aside in" side || die "git merge"
quiet_git tag merged
echo untracked >repo/untracked
echo dirty >repo/pick
git -C repo status --porcelain >status-before
find repo -type f -exec sha256sum {} + | sort >repo-before

refused "belong together" --tree repo
refused "belong together" --range base..HEAD
refused "has no place" --tree repo --range base.. --kernel ./a
refused "not a git repository" --tree plain --range base..HEAD
refused "missing" --tree missing --range base..HEAD
refused "BASE..END" --tree repo --range base
refused "BASE..END" --tree repo --range base...HEAD
refused "no commit \`nowhere\`" --tree repo --range nowhere..HEAD
refused "no commit" --tree repo --range --all..HEAD
refused "no commit is in it" --tree repo --range base..base
refused "first parents" --tree repo --range side..HEAD
refused "./none-such" --tree repo --range base..HEAD --build ./none-such

cat >build <<-'END'
	#!/bin/sh
	[ "$1 $3 $5" = "--source --into --name" ] || exit 9
	pick=$(cat "$2/pick")
	if [ -e slow ]; then
		sleep 60 &
		echo $! >built.pid
		wait
	fi
	echo "$pick" >>built
	case $pick in
	broken) echo "it is broken"; exit 1 ;;
	other) image=$OTHER ;;
	*) image=$FIRST ;;
	esac
	mkdir -p "$4/$6"
	cp "$image" "$4/$6/vmlinuz"
END
chmod +x build
FIRST=$scratch/text
OTHER=$scratch/text
export FIRST OTHER
echo "#!/bin/sh" >text

is_gone()
{
	! kill -0 "$1"
}

unchanged()
{
	git -C repo status --porcelain | cmp - status-before || die "git status differs"
	find repo -type f -exec sha256sum {} + | sort | cmp - repo-before ||
		die "the repository was written to"
}

# A base that does not boot ends it; its files were there.
want 1 "$FAULTLINE" vm compare --tree repo --range base.. --build ./build -o bad null_op
has err "the base: "
has built first
unchanged

# A signal ends the build and what it has started.
touch slow
"$FAULTLINE" vm compare --tree repo --range base.. --build ./build \
	-o slow.dir null_op >out 2>err &
pid=$!
wait_for [ -s built.pid ]
kill -INT $pid
wait $pid
[ $? -eq 1 ] || die "an interrupt is no success"
has err interrupted
wait_for is_gone "$(cat built.pid)"
rm slow
unchanged

needs_guests "$kernel"
other=$(one_nop_more "$kernel")
OTHER=${other:-$kernel}
FIRST=$kernel
rm -f built
want 1 nice -n 5 "$FAULTLINE" vm compare --tree repo --range base..merged --build ./build \
	--boot-limit 600s -o series wp_roundtrip handler=block handler_cpu=same --batch 200us
tr '\n' ' ' <built >flat
[ "$(cat flat)" = "first same broken other other " ] || die "built: $(cat flat)"
has out "wrote the same bytes"
has out "?[31m"
has out "is left out: it was not built"
has out "1 of the commits are merges"
grep -q '^[0-9a-f]* *same  .*a subject' out || die "the same image was not seen"
[ -s "series/report.txt" ] || die "no report.txt"
awk 'length > 72 { exit 1 }' series/report.txt || die "wider than 72 columns"
if [ -n "$other" ]; then
	grep -q '^[0-9a-f]* *1  *+1\.00 .*something more' out || die "one nop was not seen"
	grep -q '^all of it *1  *+1\.00 ' out || die "the sum does not say +1.00"
fi
unchanged
