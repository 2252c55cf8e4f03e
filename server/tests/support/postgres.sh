# Starts PostgreSQL in a folder and stops it again: postgres.sh FOLDER BIN PORT USERS. USERS is a file on which every process that uses
# the server has a shared lock, or "-": then the server runs until the end of standard input.
set -eu
folder=$1 bin=$2 port=$3 users=$4
"$bin/initdb" -D "$folder/data" -U postgres -A trust -E UTF8 --locale=C --no-sync >"$folder/initdb.log" 2>&1
"$bin/postgres" -D "$folder/data" -p "$port" -h 127.0.0.1 -k "$folder" -c fsync=off -c full_page_writes=off \
    -c max_connections=300 -c shared_buffers=16MB >"$folder/log" 2>&1 </dev/null &
server=$!
stop() {
    kill -QUIT "$server" || true
    wait "$server" || true
    rm -rf "$folder"
}
if [ "$users" = - ]; then
    cat >/dev/null
    stop
    exit
fi
while sleep 2 && kill -0 "$server"; do
    exec 8<"$users.start" 9<"$users"
    flock -x 8
    if flock -n -x 9; then
        stop
        exit
    fi
    exec 8<&- 9<&-
done
