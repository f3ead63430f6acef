# shellcheck shell=bash disable=SC2154  # tmp, here, figures, short, load are the caller's
# What was measured, as a page: a part has a heading, the command that measures it alone, and a table of figures.

missed=() failed=()
: >"$tmp/page"

# A part that fails is said to have failed, and the next one is measured.
part() {
  echo "compare: $1" >&2
  printf '\n## %s\n\n' "$1" >>"$tmp/page"
  "$2" && return
  failed+=("$1")
  echo "This part could not be measured." >>"$tmp/page"
}

say() {
  echo "$*" >>"$tmp/page"
}

# Begins the table of a part, after the command that measures it.
table() {
  say "Command: \`$1\`"
  say ""
  columns
}

columns() {
  say "| figure | measured | bound | |"
  say "|---|--:|--:|---|"
}

# figure WHAT VALUE UNIT [BOUND]: without a bound it is told, and not judged. A bound is the most.
figure() {
  local what=$1 value=$2 unit=$3 bound=${4:-} verdict=''
  [[ $value =~ ^-?[0-9.]+(e[+-]?[0-9]+)?$ ]] || { failed+=("$what"); say "| $what | not measured | $bound | |"; return; }
  if [[ -n $bound ]]; then
    verdict=$(awk "BEGIN { print ($value <= $bound) ? \"ok\" : \"**missed**\" }")
    [[ $verdict == ok ]] || missed+=("$what: $value${unit:+ $unit}, at most $bound")
    bound="$bound${unit:+ $unit}"
  fi
  say "| $what | $value${unit:+ $unit} | $bound | $verdict |"
}

# Writes the page, or prints it where it is no more than a try.
sum_up() {
  if [[ -n $short ]]; then
    cat "$tmp/page"
    ((${#failed[@]} == 0))
    return
  fi
  { heading && verdict && cat "$tmp/page"; } >"$figures"
  verdict
  ((${#missed[@]} + ${#failed[@]} == 0))
}

heading() {
  cat <<END
# Figures

Written by \`.ci/compare\`, which measures all of this again; a figure counts for the commit that is named here. Times are of one machine: compare
ratios, and times with times on the same page.

Commit $(git rev-parse --short=12 HEAD)$(changed) · $(go env GOVERSION) · $(nproc) processors, $(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -n 1) · Linux $(uname -r | cut -d - -f 1) ·
load before it: $load
END
}

# What is measured may differ from its commit in everything but this page.
changed() {
  [[ -z $(git status --porcelain -- . ":!$figures") ]] || echo " with changes"
}

verdict() {
  local line
  printf '\n'
  if ((${#missed[@]} == 0)); then echo "Every bound is met."; else echo "Bounds that are missed:"; echo; fi
  for line in "${missed[@]}"; do echo "- $line"; done
  for line in "${failed[@]}"; do printf '\nNot measured: %s.\n' "$line"; done
}

# Of the lines "PLACE MICROSECONDS KIB" of turns: the time of a place at a quantile in ms (0: the lowest), and its most memory in MiB.
milliseconds() {
  awk -v p="$2" '$1 == p { print $2 }' "$1" | sort -n | quantile "$3" 1000
}

quantile() {
  awk -v q="$1" -v of="$2" '{ v[NR] = $1 } END { p = 1 + q * (NR - 1); printf "%.2f", (v[int(p)] + v[int(p + 0.999)]) / 2 / of }'
}

mebibytes() {
  awk -v p="$2" '$1 == p && $3 > most { most = $3 } END { printf "%.1f", most / 1024 }' "$1"
}

ratio() {
  awk "BEGIN { printf \"%.2f\", $1 / $2 }"
}

difference() {
  awk "BEGIN { printf \"%.2f\", $1 - $2 }"
}
