# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Completion for bash.  The program is asked for every word, so what is offered
# is what it knows: commands and options from its help, workloads and their
# parameters from their tables.

_faultline_words()
{
	local program=$1 command=${2-} word

	if [[ -z $command ]]; then
		"$program" --help | sed -n 's/^  \([a-z]*\)  .*/\1/p'
		return
	fi
	"$program" "$command" --help | tr ' ,' '\n' |
		sed -n 's/^\(--[][a-z-]*[a-z]\).*/\1/p' |
		sed 's/^--\[no-\]\(.*\)/--\1\n--no-\1/'
	case $command in
	run | plan | list) "$program" list --words ;;
	esac
	for word in "${@:3}"; do
		case $command,$word in
		run,-* | plan,-* | run,*[=/.]* | plan,*[=/.]*) ;;
		run,?* | plan,?*) "$program" list --words "$word" ;;
		esac
	done
}

_faultline()
{
	local line=${COMP_LINE:0:COMP_POINT} word
	local -a given

	# Readline splits at `=`; here a word ends at a space.
	read -ra given <<<"$line"
	word=
	if [[ $line != *' ' ]]; then
		word=${given[-1]}
		unset 'given[-1]'
	fi
	mapfile -t COMPREPLY < <(compgen -W "$(
		_faultline_words "${given[@]}" 2>/dev/null
	)" -- "$word")
	if [[ ${COMPREPLY[*]-} == *= ]]; then
		compopt -o nospace 2>/dev/null
	fi
	if [[ $word == *=* && ${COMP_WORDBREAKS-} == *=* ]]; then
		COMPREPLY=("${COMPREPLY[@]#"${word%%=*}="}")
	fi
}

complete -o default -F _faultline faultline
