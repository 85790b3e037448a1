#!/bin/sh
# What the tests need from Debian: as root on Debian it is installed, elsewhere one line says what is missing.
set -eu

# command:package, and one font for the pages' pictures
wanted='chromium:chromium oathtool:oathtool zbarimg:zbar-tools caddy:caddy openssl:openssl fc-list:fontconfig'

missing=''
for pair in $wanted; do
  command -v "${pair%%:*}" >/dev/null 2>&1 || missing="$missing ${pair#*:}"
done
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null 2>&1 || missing="$missing postgresql"
if command -v fc-list >/dev/null 2>&1; then
  fc-list 2>/dev/null | grep -qi 'dejavu' || missing="$missing fonts-dejavu-core"
else
  missing="$missing fonts-dejavu-core"
fi
[ -x /usr/sbin/bearerbox ] || missing="$missing kannel"
perl -MNet::SMPP -e 1 2>/dev/null || missing="$missing libnet-smpp-perl"
command -v pskctool >/dev/null 2>&1 || missing="$missing pskctool"
for pair in pskc:python3-pskc cryptography:python3-cryptography yubiotp:python3-yubiotp; do
  [ -d "/usr/lib/python3/dist-packages/${pair%%:*}" ] || missing="$missing ${pair#*:}"
done
missing="${missing# }"

[ -z "$missing" ] && exit 0

if [ "$(id -u)" = 0 ] && [ -e /etc/debian_version ] && command -v apt-get >/dev/null 2>&1; then
  echo "Installing what the tests need: $missing"
  export DEBIAN_FRONTEND=noninteractive
  # Services that these packages bring stay off: the tests start private ones.
  made=''
  if [ ! -e /usr/sbin/policy-rc.d ]; then
    printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
    chmod +x /usr/sbin/policy-rc.d
    made=yes
  fi
  trap '[ -z "$made" ] || rm -f /usr/sbin/policy-rc.d' EXIT
  apt-get update -qq
  echo "$missing" | xargs apt-get install -y -qq --no-install-recommends >/dev/null
  echo "Installed: $missing"
  exit 0
fi

echo "The tests need these Debian packages, please install them: $missing" >&2
exit 1
