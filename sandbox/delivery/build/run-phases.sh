# Runs the commands of a build's phases in one shell, as CodeBuild does for build specifications of version 0.2.
#
# usage: bash run-phases.sh FOLDER
#
# FOLDER/plan holds a line per command: the phase, "commands" or "finally", what a failure of the phase means ("abort" or
# "continue"), and the file with the command. FOLDER/events gets a line when a phase begins and when it ends.
# A command that says "exit" ends this shell. What it had is kept, so that when started again it goes on behind it.

__folder=$1
set --

__say() { printf '[Container] %(%Y/%m/%d %H:%M:%S)T %s\n' -1 "$*"; }

__event() { printf '%s\t%s\t%s\t%s\n' "$EPOCHREALTIME" "$1" "$2" "$3" >> "$__folder/events"; }

__begin_phase() {
  __phase=$1 __failure=
  __say "Entering phase ${1^^}"
  __event begin "$1"
}

__end_phase() {
  [ -n "$__phase" ] || return 0
  __say "Phase complete: ${__phase^^} State: $([ -z "$__failure" ] && echo SUCCEEDED || echo FAILED)"
  __event end "$__phase" "$__failure"
  [ -z "$__failure" ] || [ "$__on_failure" = continue ] || __aborted=1
}

__after_command() {
  [ "$1" = 0 ] && return
  __failure="Error while executing command: $(head -n 1 "$__file"). Reason: exit status $1"
  __failed_list=$__list
  export CODEBUILD_BUILD_SUCCEEDING=0
  __say "Command did not exit successfully, exit status $1"
}

# Commands behind a failed one are left out, but what is to be done finally.
__is_due() { [ -z "$__failure" ] || [ "$__list" = finally -a "$__failed_list" = commands ]; }

__keep() {
  local __status=$?
  env -0 > "$__folder/environment"
  { declare -p; declare -f; printf 'cd %q\n' "$PWD"; } > "$__folder/shell"
  echo "$__status" > "$__folder/exited"
}

if [ -e "$__folder/exited" ]; then
  . "$__folder/shell" 2> /dev/null # complains about the variables that belong to bash
  __after_command "$(cat "$__folder/exited")"
  rm "$__folder/exited"
  __at=$((__at + 1))
else
  mapfile -t __plan < "$__folder/plan"
  __at=0 __phase= __failure= __aborted= __failed_list=
  export CODEBUILD_BUILD_SUCCEEDING=1
fi
trap __keep EXIT

for ((; __at < ${#__plan[@]}; __at++)); do
  IFS=$'\t' read -r __next __list __next_on_failure __file <<< "${__plan[__at]}"
  if [ "$__next" != "$__phase" ]; then
    __end_phase
    [ -z "$__aborted" ] || break
    __on_failure=$__next_on_failure
    __begin_phase "$__next"
  fi
  if __is_due; then
    __say "Running command $(head -n 1 "$__file")"
    . "$__file"
    __after_command $?
  fi
done
[ -n "$__aborted" ] || __end_phase
env -0 > "$__folder/environment"
: > "$__folder/finished"
trap - EXIT
