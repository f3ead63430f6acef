# shellcheck shell=bash disable=SC2154  # tmp, here, runs, idle, short and before_importers are the caller's
# The parts of the page. Each measures, and tells its figures.

a_session() {
  local places=("ehlo run" "Go floor" "C floor" swaks "ehlo --version" "Go floor, its start alone") p
  same_verdict || return
  turns_of_sessions 2 >"$tmp/warm" && turns_of_sessions "$runs" >"$tmp/sessions" || return
  say "Command: \`turns $runs\` with these, $runs runs of each in turn."
  say ""
  say "| program | lowest | median | peak memory |"
  say "|---|--:|--:|--:|"
  for p in "${!places[@]}"; do
    say "| ${places[p]} | $(milliseconds "$tmp/sessions" "$p" 0) ms | $(milliseconds "$tmp/sessions" "$p" 0.5) ms | $(mebibytes "$tmp/sessions" "$p") MiB |"
  done
  say ""
  columns
  against_floors lowest 0 && against_floors median 0.5 && figure "peak memory" "$(mebibytes "$tmp/sessions" 0)" MiB 12
  least lowest 0 && least median 0.5 && figure "the least memory, likewise" "$(beyond_start mebibytes)" MiB
}

# Within 1.35 of the Go floor, and no slower than the C floor.
against_floors() {
  local own
  own=$(milliseconds "$tmp/sessions" 0 "$2")
  figure "a session beside the Go floor, $1" "$(ratio "$own" "$(milliseconds "$tmp/sessions" 1 "$2")")" × 1.35
  figure "a session beside the C floor, $1" "$(ratio "$own" "$(milliseconds "$tmp/sessions" 2 "$2")")" × 1.00
}

# What a session takes that costs nothing of its own: the start of this program, and of the Go floor what is not its start.
least() {
  local least
  least=$(beyond_start milliseconds "$2")
  figure "the least of a session: the start of ehlo, and the Go floor without its own start, $1" "$least" ms
  figure "the least beside the Go floor, $1" "$(ratio "$least" "$(milliseconds "$tmp/sessions" 1 "$2")")" ×
  figure "the least beside the C floor, $1" "$(ratio "$least" "$(milliseconds "$tmp/sessions" 2 "$2")")" ×
}

# beyond_start MEASURE [QUANTILE]: of the start of ehlo, and what the Go floor has beyond its own.
beyond_start() {
  difference "$("$1" "$tmp/sessions" 4 "${@:2}")" "$(difference "$("$1" "$tmp/sessions" 5 "${@:2}")" "$("$1" "$tmp/sessions" 1 "${@:2}")")"
}

turns_of_sessions() {
  local address=$EHLO_TEST_POSTFIX_SUBMISSION
  session_flags
  "$tmp/turns" "$1" "$tmp/ehlo" run "${flags[@]}" \
    -- "$tmp/floor-go" "$address" "$EHLO_TEST_SERVER_NAME" "$EHLO_TEST_CA" "$EHLO_TEST_USER" \
    -- "$tmp/floor-c" "${address%:*}" "${address##*:}" "$EHLO_TEST_SERVER_NAME" "$EHLO_TEST_CA" "$EHLO_TEST_USER" \
    -- "$(command -v swaks)" --server "$address" --ehlo compare.test --tls --tls-verify --tls-ca-path "$EHLO_TEST_CA" \
    --tls-sni "$EHLO_TEST_SERVER_NAME" --auth PLAIN --auth-user "$EHLO_TEST_USER" --auth-password "$EHLO_TEST_PASSWORD" --quit-after AUTH \
    -- "$tmp/ehlo" --version -- "$tmp/floor-go"
}

session_flags() {
  flags=("submission://$EHLO_TEST_POSTFIX_SUBMISSION" --server-name "$EHLO_TEST_SERVER_NAME" --ca "$EHLO_TEST_CA"
    --user "$EHLO_TEST_USER" --auth PLAIN --until auth --ehlo-name compare.test)
}

# What is measured leaves nothing out: it prints what a run prints that is recorded, and both end with the event that --json tells.
same_verdict() {
  session_flags
  rm -f "$tmp/kept"
  "$tmp/ehlo" run "${flags[@]}" >"$tmp/measured" && "$tmp/ehlo" run "${flags[@]}" -o "$tmp/kept" >"$tmp/recorded" &&
    "$tmp/ehlo" run "${flags[@]}" --json >"$tmp/told" || return
  cmp "$tmp/measured" "$tmp/recorded" >&2 && cmp <(end_event "$tmp/kept") <(end_event "$tmp/told") >&2 && [[ -n $(end_event "$tmp/told") ]]
}

# The last event without its number and its time.
end_event() {
  sed -n 's/^{"seq":[0-9]*,"t":[0-9]*,\("kind":"end"\)/\1/p' "$1"
}

the_start() {
  local i version
  rm -f "$tmp"/{home,lab}.frames
  "$tmp/turns" 3 "$tmp/ehlo" --version >"$tmp/warm" || return
  : >"$tmp/versions"
  for ((i = 0; i < runs; i++)); do
    "$tmp/turns" 1 "$tmp/ehlo" --version >>"$tmp/versions" && frame home && frame lab lab || return
  done
  version=$(milliseconds "$tmp/versions" 0 0)
  table "turns and terminal of .ci/floor/c, as .ci/compare has them"
  figure "ehlo --version: lowest" "$version" ms
  figure "ehlo --version: median" "$(milliseconds "$tmp/versions" 0 0.5)" ms
  figure "ehlo --version: peak memory, nearly all of it pages of the program's file" "$(mebibytes "$tmp/versions" 0)" MiB
  first_frames home && first_frames lab && against_before || return
  idle_cost home && idle_cost lab lab
}

# The first frame is there when its last line is.
frame() {
  "$tmp/terminal" " quit" 0 "$tmp/ehlo" "${@:2}" | sed 's/^/0 /' >>"$tmp/$1.frames"
  ((PIPESTATUS[0] == 0))
}

first_frames() {
  local name q
  for name in lowest median; do
    [[ $name == lowest ]] && q=0 || q=0.5
    figure "first frame of $1 after --version, $name" "$(difference "$(milliseconds "$tmp/$1.frames" 0 $q)" "$(milliseconds "$tmp/versions" 0 $q)")" ms 8
  done
}

# A start is short beside what else the machine does: five times as many tell a twentieth from noise.
against_before() {
  [[ -z $short ]] || return 0
  if ! git rev-parse -q --verify "$before_importers^{commit}" >/dev/null; then
    say "| --version beside the last one without importers | no such commit in this clone | | |"
    return
  fi
  git worktree add -q --detach "$tmp/before" "$before_importers" &&
    go_program "$tmp/before" ehlo-before ./cmd/ehlo &&
    "$tmp/turns" $((5 * runs)) "$tmp/ehlo" --version -- "$tmp/ehlo-before" --version >"$tmp/both" || return
  figure "--version beside the last one without importers, lowest" "$(ratio "$(milliseconds "$tmp/both" 0 0)" "$(milliseconds "$tmp/both" 1 0)")" × 1.00
  figure "--version beside the last one without importers, median" "$(ratio "$(milliseconds "$tmp/both" 0 0.5)" "$(milliseconds "$tmp/both" 1 0.5)")" × 1.00
}

idle_cost() {
  local measured
  measured=($("$tmp/terminal" " quit" "$idle" "$tmp/ehlo" "${@:2}")) && ((${#measured[@]} == 3)) || return
  figure "$1 with nobody at it, ${idle} s: written" "${measured[1]}" bytes 0
  figure "$1 with nobody at it, ${idle} s: of a core" "$(awk "BEGIN { printf \"%.2f\", ${measured[2]} / $idle / 1e4 }")" % 0.5
}

# Prints the value that a benchmark reports in a unit.
metric() {
  awk -v name="$2" -v unit="$3" 'index($1, name) == 1 { for (i = 2; i < NF; i++) if ($(i + 1) == unit) { print $i; exit } }' "$1"
}

# Runs benchmarks of packages, which are one argument.
benchmark() {
  # shellcheck disable=SC2086
  go test -run '^$' -bench "$1" "${@:3}" $2 >"$tmp/benchmark" || { tail -n 20 "$tmp/benchmark" >&2; return 1; }
}

watching_tls() {
  local key version
  benchmark '^BenchmarkWatching$' ./session/engine -benchtime 1000x || return
  say "The processor time of the client alone: the server is another process. Medians."
  say ""
  table "go test -run '^$' -bench Watching -benchtime 1000x ./session/engine"
  for key in ECDSA RSA; do
    for version in 1.2 1.3; do
      figure "the client's step beside plain crypto/tls, TLS $version, $key" \
        "$(metric "$tmp/benchmark" "BenchmarkWatching/$key/TLS_$version" step/plain)" × 1.10
    done
  done
}

practice_server() {
  local line
  benchmark '^BenchmarkBesideAlone$' ./session/lab -benchtime 1000x || return
  "$here/visitors" 30s >"$tmp/visitors" 2>&1
  line=$(sed -n 's/.*: \([0-9]* sessions of .*\)/\1/p' "$tmp/visitors" | head -n 1)
  [[ -n $line ]] || { tail -n 5 "$tmp/visitors" >&2; return 1; }
  say "Of a session, the processor time of the server alone, with the same certificate, account and message."
  say ""
  table "go test -run '^$' -bench BesideAlone -benchtime 1000x ./session/lab; .ci/visitors 30s"
  figure "a session beside emersion/go-smtp alone" "$(metric "$tmp/benchmark" BenchmarkBesideAlone lab/alone)" × 1.20
  figure "visitors at once" "$(sed -n 's/.* of \([0-9]*\) visitors.*/\1/p' <<<"$line")" ""
  figure "their sessions" "$(sed -n 's/^\([0-9]*\) sessions.*/\1/p' <<<"$line")" ""
  figure "of these lost" "$(sed -n 's/.*, \([0-9]*\) lost.*/\1/p' <<<"$line")" "" 0
  figure "peak memory" "$(sed -n 's/.*peak memory \([0-9]*\) KiB.*/\1/p' <<<"$line" | quantile 0 1024)" MiB 128
}

# The lines that .ci/million judges: verdict, figure, value, bound.
long_transcripts() {
  "$here/million" 1000000 2 >"$tmp/million" 2>&1
  grep -q '^ok ' "$tmp/million" || { tail -n 5 "$tmp/million" >&2; return 1; }
  table ".ci/million 1000000 2"
  while IFS='|' read -r what value unit bound; do
    figure "$what" "$value" "${unit:-×}" "$bound"
  done < <(sed -nE 's/^(ok|over) +(.*[^ ]) {2,}([0-9.e+-]+) ?([^ ]*) +at most ([0-9.e+-]+).*/\2|\3|\4|\5/p' "$tmp/million")
}

# curl first, whose time is the yardstick; then each way of ehlo.
large_messages() {
  local name seconds peak tenth curl
  "$here/bulk" "$tmp/ehlo" 60 3 >"$tmp/bulk" 2>&1
  grep -q 'times as long as curl' "$tmp/bulk" || { tail -n 5 "$tmp/bulk" >&2; return 1; }
  table ".ci/bulk PROGRAM 60 3"
  while IFS=$'\t' read -r name seconds peak tenth; do
    [[ $name == curl ]] && curl=$seconds && figure "curl, 60 MB over TLS" "$seconds" s && continue
    figure "$name beside curl" "$(ratio "$seconds" "$curl")" × 2.00
    figure "$name, memory beyond that for a tenth of the message" "$(awk "BEGIN { printf \"%.1f\", ($peak - $tenth) / 1024 }")" MiB 8
  done < <(sed -nE 's/^(.*[^ ]) +([0-9.]+) s +([0-9]+) KiB +\(a tenth of it: ([0-9]+) KiB\)/\1\t\2\t\3\t\4/p' "$tmp/bulk")
}

# What a screen draws and what a log appends must not depend on how many events there are. The lengths take turns.
frames_and_events() {
  local n
  frames_in_turn && go test -run '^$' -bench '^BenchmarkLogAppend$' -count 3 ./session/record >>"$tmp/benchmark" || return
  table "go test -run '^$' -bench 'Frame$' ./ui, five times; go test -run '^$' -bench LogAppend -count 3 ./session/record"
  for n in 1000 10000 100000 1000000; do
    figure "a frame over $n events" "$(lowest_of BenchmarkFrame/$n | quantile 0 1000)" µs
  done
  figure "a frame over 1000000 events beside one over 1000" "$(ratio "$(lowest_of BenchmarkFrame/1000000)" "$(lowest_of BenchmarkFrame/1000)")" × 1.25
  for n in 1000 1000000; do
    figure "an event appended to a log of $n" "$(lowest_of BenchmarkLogAppend/$n)" ns
  done
}

frames_in_turn() {
  local turn
  : >"$tmp/benchmark"
  go test -c -o "$tmp/ui.test" ./ui || return
  for turn in 1 2 3 4 5; do
    (cd ui && "$tmp/ui.test" -test.run '^$' -test.bench '^BenchmarkFrame$' -test.benchtime 2000x) >>"$tmp/benchmark" || { echo "turn $turn failed" >&2; return 1; }
  done
}

# The lowest time of a benchmark that was repeated, in ns.
lowest_of() {
  awk -v name="$1" '$1 ~ "^" name "(-[0-9]+)?$" && (!least || $3 < least) { least = $3 } END { print least }' "$tmp/benchmark"
}
