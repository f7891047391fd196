# Packages from tarballs, nothing from the net: $FIXTURE.packages holds them.
export HOME="$PWD/home" npm_config_cache="$PWD/cache" npm_config_offline=true npm_config_audit=false
export npm_config_fund=false npm_config_update_notifier=false npm_config_loglevel=error
mkdir home app; cd app
cp "$FIXTURE.packages"/*.tgz ..
echo '{"name":"app","version":"1.0.0","dependencies":{"one":"file:../one-1.0.0.tgz","two":"file:../two-1.0.0.tgz"}}' > package.json
npm install > /dev/null
node -e 'console.log(require("one").value, require("two").value, require("fs").readdirSync("node_modules").sort().join())'
ls -l node_modules/.bin | awk 'NR > 1 { print $1, $NF }'; node_modules/.bin/one
npm ls --depth=0 | tail -n +2 | sed 's/ -> .*//; s/@file.*//'
rm -rf node_modules; npm ci > /dev/null; find node_modules -type f | wc -l
cd ..; rm -rf app cache home ./*.tgz; ls -A | wc -l
