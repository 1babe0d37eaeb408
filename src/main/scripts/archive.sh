#!/usr/bin/env bash
# archive.sh NAME TIME CLASSPATH: makes target/NAME, a folder with the server and a Java that has only the modules it
# needs, and target/NAME.tar.gz from it. The profile "packages" of the POM runs it after the jar is made.
set -euo pipefail
name=$1
time=$2
classpath=$3
top=$(cd "${BASH_SOURCE[0]%/*}/../../.." && pwd)
archive=$top/target/$name

. "$top/bin/launch.sh"
java_others=
find_java javac
((java_version >= JAVA_RECORDS)) || fail "the archive needs Java $JAVA_RECORDS or newer; set JAVA_HOME to such a JDK"

rm -rf "$archive" "$archive.tar.gz"
mkdir -p "$archive"/{bin,lib,licenses}
modules=$("$java_home/bin/jdeps" --multi-release 21 --ignore-missing-deps --print-module-deps "$top/target/jnatsd.jar")
"$java_home/bin/jlink" --add-modules "$modules" --strip-java-debug-attributes --no-header-files --no-man-pages \
    --output "$archive/runtime"
# Tools for developers, and what only they read.
rm -rf "$archive"/runtime/bin/{jfr,jwebserver,keytool} "$archive"/runtime/lib/jrt-fs.jar
cp "$top"/bin/{jnatsd,nats-bench,nats-top,mkpasswd} "$top/src/main/archive/bin/launch.sh" "$archive/bin"
cp "$top/target/jnatsd.jar" "$archive/lib"
cp "$top/LICENSE" "$top"/src/main/resources/META-INF/{NOTICE,licenses/*} "$archive/licenses"
mkdir "$archive/etc"
cp "$top"/etc/*.conf "$archive/etc"
manuals=$top/target/manuals
"$java_home/bin/javac" -d "$manuals" -cp "$classpath" "$top/src/main/archive/java/io/jnatsd/cli/Manuals.java"
"$java_home/bin/java" -cp "$manuals:$classpath" io.jnatsd.cli.Manuals "$archive/share" "${time%T*}"
chmod -R go=u-w "$archive"

# Java accepts the cache only if the jar and its own modules are as old as they were in the training run.
find "$archive" -exec touch -d "$time" {} +
"$archive/runtime/bin/java" "-XX:AOTCacheOutput=$archive/lib/jnatsd.aot" -XX:+UseSerialGC -Xms24m \
    -cp "$archive/lib/jnatsd.jar" io.jnatsd.cli.TrainingRun >"$top/target/training.log" 2>&1 \
    || fail "the training run failed, see $top/target/training.log"
find "$archive/lib" -exec touch -d "$time" {} +
tar --sort=name --owner=0 --group=0 --numeric-owner -C "$top/target" -cf - "$name" | gzip -9n >"$archive.tar.gz"
