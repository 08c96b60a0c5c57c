# Test servers: how PostgreSQL and MariaDB or MySQL are found, installed, started, killed and stopped. `tests/run` and
# `tests/server` source this file. A function of one kind ends in its name: `postgres` or `mysql`.
#
# They set before the first start:
#   scratch      the directory below which private servers keep what they write; its path is short: sockets lie in it
#   durability   `fast` for servers that never crash, `durable` for those whose commits must outlive a crash
#
# A server that was started is described by `port_KIND` and `process_KIND`, the job of this shell that runs it.

say() { printf '%s: %s\n' "$0" "$*" >&2; }

fail() {
    say "$@"
    exit 1
}

# ---- PostgreSQL

find_postgres() {
    export PGCONNECT_TIMEOUT=3
    command -v psql >/dev/null || return 1
    psql -X -w -h 127.0.0.1 -p 5432 -U postgres -d postgres -c 'SELECT 1' >/dev/null 2>&1 || return 1
    say "PostgreSQL: the running server on 127.0.0.1:5432"
    port_postgres=5432
}

url_postgres() { echo "postgres://postgres@127.0.0.1:$port_postgres/postgres"; }

# The directory with initdb and postgres: on PATH, or the newest of where packages put it.
postgres_bin() {
    local candidate
    for candidate in \
        "$(dirname "$(command -v initdb || echo /none/initdb)")" \
        "$(pg_config --bindir 2>/dev/null || true)" \
        $(printf '%s\n' /usr/lib/postgresql/*/bin /opt/homebrew/opt/postgresql*/bin /usr/local/opt/postgresql*/bin \
            /usr/pgsql-*/bin /usr/local/pgsql/bin | sort -rV); do
        if [[ -x $candidate/initdb && -x $candidate/postgres ]]; then
            echo "$candidate"
            return
        fi
    done
    return 1
}

has_postgres() { postgres_bin >/dev/null; }

make_postgres() {
    unprivileged postgres "$(postgres_bin)/initdb" -D "$1/data" -U postgres -A trust -E UTF8 --locale="$(utf8_locale)"
}

run_postgres() {
    local options=()
    if [[ $durability == fast ]]; then
        options=(-c fsync=off -c synchronous_commit=off -c full_page_writes=off)
    fi
    unprivileged postgres "$(postgres_bin)/postgres" -D "$1/data" -p "$port_postgres" -k "$1" \
        -c listen_addresses=127.0.0.1 -c max_connections=300 \
        -c ssl=on -c ssl_cert_file="$1/server.crt" -c ssl_key_file="$1/server.key" ${options[@]+"${options[@]}"}
}

pid_file_postgres() { echo "$1/data/postmaster.pid"; }

# The eighth line of its file is the server's own word for how far it is.
is_up_postgres() { [[ $(sed -n 8p "$(pid_file_postgres "$1")" 2>/dev/null) == ready* ]]; }

packages_postgres() { echo postgresql openssl; }

missing_postgres="The programs of PostgreSQL's server are missing. Install them
    (Debian: apt-get install postgresql; Fedora: dnf install postgresql-server; macOS: brew install postgresql)"

# ---- MySQL and MariaDB

find_mysql() {
    local client
    client=$(first_program mariadb mysql) || return 1
    "$client" --no-defaults --connect-timeout=3 -h 127.0.0.1 -P 3306 -u root --skip-password -e 'SELECT 1' \
        >/dev/null 2>&1 || return 1
    say "MariaDB or MySQL: the running server on 127.0.0.1:3306"
    port_mysql=3306
}

url_mysql() { echo "mysql://root@127.0.0.1:$port_mysql/mysql"; }

mysql_server() { PATH=$PATH:/usr/sbin:/usr/local/sbin:/usr/libexec first_program mariadbd mysqld; }

has_mysql() { mysql_server >/dev/null; }

make_mysql() {
    if command -v mariadb-install-db >/dev/null; then
        unprivileged mysql mariadb-install-db --no-defaults --datadir="$1/data" \
            --auth-root-authentication-method=normal --skip-test-db
    else
        unprivileged mysql "$(mysql_server)" --no-defaults --initialize-insecure --datadir="$1/data"
    fi
}

run_mysql() {
    local flush=1
    if [[ $durability == fast ]]; then flush=0; fi
    unprivileged mysql "$(mysql_server)" --no-defaults --datadir="$1/data" --port="$port_mysql" \
        --bind-address=127.0.0.1 --socket="$1/socket" --pid-file="$(pid_file_mysql "$1")" --max-connections=300 \
        --ssl-cert="$1/server.crt" --ssl-key="$1/server.key" --skip-log-bin --character-set-server=utf8mb4 --innodb-flush-log-at-trx-commit="$flush"
}

pid_file_mysql() { echo "$1/pid"; }

is_up_mysql() { [[ -s $(pid_file_mysql "$1") ]] && is_listening "$port_mysql"; }

packages_mysql() { echo mariadb-server openssl; }

missing_mysql="The programs of MariaDB's (or MySQL's) server are missing. Install them
    (Debian: apt-get install mariadb-server; Fedora: dnf install mariadb-server; macOS: brew install mariadb)"

# ---- A private server: its kind is $1, its directory below `scratch` is named after it

# Makes the data of a new server.
make_server() {
    local dir=$scratch/$1 log=$scratch/$1/make.log
    mkdir -p "$dir"
    chmod 755 "$scratch"
    if [[ $EUID == 0 ]]; then chown "$(existing_user "$1")" "$dir"; fi
    "make_$1" "$dir" >"$log" 2>&1 || fail "the data of a server could not be made: $(tail -n 5 "$log")"
    make_certificate "$1" "$dir" >"$log" 2>&1 || fail "no certificate could be made (is openssl there?): $(tail -n 5 "$log")"
    printf -v "port_$1" %s "$(free_port)"
}

# A certificate that nobody vouches for, as servers have that were just installed.
make_certificate() {
    unprivileged "$1" openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost \
        -keyout "$2/server.key" -out "$2/server.crt"
    unprivileged "$1" chmod 600 "$2/server.key"
}

# Starts a server on its data, and waits until it answers.
start_server() {
    local dir=$scratch/$1 tries
    # A server that may not start yet, because parts of its predecessor still end, is started again.
    for tries in {1..60}; do
        rm -f "$("pid_file_$1" "$dir")"
        "run_$1" "$dir" >>"$dir/server.log" 2>&1 </dev/null &
        printf -v "process_$1" %s $!
        if await_server "$1" $!; then return; fi
    done
    fail "the server did not start: $(tail -n 5 "$dir/server.log")"
}

# Says so, with its last words, if a server has ended that was not stopped.
tell_if_ended() {
    local process=process_$1
    if kill -0 "${!process}" 2>/dev/null; then return; fi
    say "the private server of $1 ended during the tests: $(tail -n 40 "$scratch/$1/server.log")"
}

# Waits until a server answers; an error if it ends instead, or takes minutes.
await_server() {
    local polls
    for polls in {1..3600}; do
        if "is_up_$1" "$scratch/$1"; then return; fi
        if ! kill -0 "$2" 2>/dev/null; then
            wait "$2" || sleep 0.2
            return 1
        fi
        sleep 0.05
    done
    fail "the server does not answer: $(tail -n 5 "$scratch/$1/server.log")"
}

# Ends a server as a crash would: all of its processes, or with `main` only the one that the others depend on.
kill_server() {
    local main process=process_$1
    main=$(head -n 1 "$("pid_file_$1" "$scratch/$1")")
    # Stopped first, so that it cannot start another process unseen.
    kill -STOP "$main"
    if [[ ${2:-all} == main ]]; then kill -KILL "$main"; else kill -KILL "$main" $(children "$main"); fi
    wait "${!process}" || true
}

# Ends a server, if it runs, whose data is not needed any more.
stop_server() {
    local process=process_$1
    # A signal at which both give back what would outlive them, such as shared memory.
    kill -QUIT "$(head -n 1 "$("pid_file_$1" "$scratch/$1")")" && wait "${!process}"
}

# ---- What both need

first_program() {
    local name
    for name in "$@"; do
        if command -v "$name"; then return; fi
    done
    return 1
}

# Installs the programs of server $1 where that can be done.
install() {
    [[ $EUID == 0 ]] && command -v apt-get >/dev/null || return 1
    say "installing $("packages_$1")"
    local packages
    read -ra packages <<<"$("packages_$1")"
    apt_get install "${packages[@]}" || { apt_get update && apt_get install "${packages[@]}"; } || return 1
    "has_$1"
}

apt_get() {
    local verb=$1
    shift
    DEBIAN_FRONTEND=noninteractive apt-get -q -y "$verb" --no-install-recommends "$@" >&2
}

# Runs a command as user $1 when we are root, which neither server will run as.
unprivileged() {
    local user
    user=$(existing_user "$1")
    shift
    if [[ $EUID == 0 ]]; then
        (cd / && exec setpriv --reuid="$user" --regid="$(id -g "$user")" --init-groups -- "$@")
    else
        "$@"
    fi
}

existing_user() { if id "$1" >/dev/null 2>&1; then echo "$1"; else echo nobody; fi; }

children() { cat /proc/"$1"/task/*/children 2>/dev/null || pgrep -P "$1"; }

is_listening() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

free_port() {
    local port
    for _ in {1..50}; do
        port=$((20000 + RANDOM % 20000))
        if ! is_listening "$port"; then
            echo "$port"
            return
        fi
    done
    return 1
}

utf8_locale() { if locale -a 2>/dev/null | grep -qix 'c\.utf-\?8'; then echo C.UTF-8; else echo en_US.UTF-8; fi; }
