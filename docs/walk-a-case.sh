#!/usr/bin/env bash
# Works a case through to its end, each task by somebody who may do it, with the forms' example answers.
#   docs/walk-a-case.sh CASE
# Needs curl, python3, and the server and database of `make run` (API and EHC_DATABASE_URL choose others).
set -euo pipefail
case_key=${1:?usage: docs/walk-a-case.sh CASE}
cd "$(dirname "$0")/.."
export EHC_DATABASE_URL=${EHC_DATABASE_URL:-sqlite:///$PWD/var/demo.db}
api=${API:-http://127.0.0.1:8080/api/v1}
declare -A tokens

ask() { curl -sS -H "Authorization: Bearer $1" "$api$2"; }
send() { curl -sS -H "Authorization: Bearer $1" -H 'Content-Type: application/json' -X POST -d "$3" "$api$2"; }
read_json() { python3 -c "import json, sys; it = json.load(sys.stdin); $1"; }

members=$(.venv/bin/ehc token members)
somebody() { # role, organisation: the name, which is the first 28 letters of a line
  awk -v role="$1" -v code="$2" '{split(substr($0, 29), word, " ")}
    word[1] == role && word[2] == code {name = substr($0, 1, 28); sub(/ +$/, "", name); print name; exit}' <<<"$members"
}
act_as() { # role, organisation
  who=$(somebody "$1" "$2")
  [ -n "$who" ] || return 1
  [ -n "${tokens[$who]:-}" ] || tokens[$who]=$(.venv/bin/ehc token create --person "$who" --role "$1")
  token=${tokens[$who]}
}

act_as caseworker send_team; officer=$token
for _ in $(seq 200); do
  task=$(ask "$officer" "/tasks?caseKey=$case_key&limit=1" |
    read_json 'print(*("\n".join([t["key"], t["organisation"], " ".join(t["candidateGroups"]), t["name"]]) for t in it["items"]))')
  [ -n "$task" ] || break
  { read -r key; read -r organisation; read -r roles; read -r name; } <<<"$task"
  # A setting without members here (across the border, say) answers by letter: a caseworker writes it down.
  for role in $roles professional service_manager; do act_as "$role" "$organisation" && break; done ||
    act_as caseworker send_team
  # The family's word in writing that it has no more to say: then its fifteen days needn't be waited out.
  answers=$(ask "$token" "/tasks/$key/form" | read_json 'a = it["schema"]["examples"][0]
a.update({"nothingMore": True} if "nothingMore" in a else {}); print(json.dumps({"answers": a}))')
  answer=$(send "$token" "/tasks/$key/complete" "$answers")
  printf '%-36s %-26s %s\n' "$name" "$who" "$(read_json 'print(it.get("state") or it.get("detail"))' <<<"$answer")"
done
echo "The case is: $(ask "$officer" "/cases/$case_key" | read_json 'print(it["status"])')"
