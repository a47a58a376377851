#!/bin/sh
# Writes what depends on settings into run/, then becomes the command it is given. Both forms start nginx through it,
# from nginx's prefix. Besides the settings of .env.example it takes LISTEN_ADDRESSES, e.g. "127.0.0.1 [::1]".
#
# A file is named for the setting that it comes from, because nginx names the file that it refuses.
set -euf
umask 077 # for the logs that nginx creates

refuse() {
  echo "$1 $2" >&2
  exit 1
}

require_number() { # NAME VALUE MOST
  case $2 in '' | *[!0-9]* | ??????????*) refuse "$1" "must be a number; it is \"$2\"." ;; esac
  [ "$2" -le "$3" ] || refuse "$1" "must be $3 at most; it is $2."
}

require_file() { # NAME PATH
  [ -f "$2" ] && [ -r "$2" ] || refuse "$1" "must be a file that nginx can read; it is \"$2\"."
}

listen() { # PORT FLAGS
  for address in $LISTEN_ADDRESSES; do echo "listen $address:$1 default_server$2;"; done
}

write_trusted_proxies() {
  : >run/TRUSTED_PROXIES
  : >run/real-ip.conf
  for peer in $(echo "${TRUSTED_PROXIES:-}" | tr , ' '); do
    case $peer in *[!0-9a-fA-F.:/]*) refuse TRUSTED_PROXIES "must be addresses or CIDRs; one is \"$peer\"." ;; esac
    echo "$peer 1;" >>run/TRUSTED_PROXIES
    echo "set_real_ip_from $peer;" >>run/real-ip.conf
  done
}

write_hsts() {
  : >run/HSTS
  [ -n "${HSTS:-}" ] || return 0
  require_number HSTS "$HSTS" 100000000
  echo "https max-age=$HSTS;" >run/HSTS
}

write_plain() {
  rm -f run/redirect.conf
  listen "$PORT" '' >run/listen.conf
}

write_tls() {
  require_file TLS_CERTIFICATE "${TLS_CERTIFICATE:-}"
  require_file TLS_KEY "${TLS_KEY:-}"
  require_number TLS_PORT "$TLS_PORT" 65535
  ln -sf "$TLS_CERTIFICATE" run/TLS_CERTIFICATE
  ln -sf "$TLS_KEY" run/TLS_KEY
  http2=' http2'
  [ ! -e conf/newer/tls.conf ] || http2='' # it says so there
  { listen "$TLS_PORT" " ssl$http2"; echo 'include tls.conf;'; } >run/listen.conf
  write_redirect
}

# no-store: browsers would follow a cached 308 after TLS was switched off.
write_redirect() {
  suffix=":$TLS_PORT"
  [ "$TLS_PORT" != 443 ] || suffix=''
  cat >run/redirect.conf <<END
server {
  $(listen "$PORT" '')
  server_name localhost; # for a client that names no host
  include own-pages.conf;
  location / {
    include own-answers.conf;
    add_header Cache-Control no-store always;
    return 308 https://\$host$suffix\$request_uri;
  }
}
END
}

write_trusted_proxies
write_hsts
if [ -n "${TLS_CERTIFICATE:-}${TLS_KEY:-}" ]; then write_tls; else write_plain; fi
exec "$@"
