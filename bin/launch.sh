# Sourced by the commands beside it, which then call
#
#     launch MAIN_CLASS ARGUMENT...
#
# It finds a JDK, builds the jar on first use and whenever a source is newer, and becomes the Java process. The caller
# may set the array JAVA_FLAGS before, and TRAINED to yes if a server follows, which is what a training run records, to use
# if a record is used but not made, or to report if Java is to tell whether it is used; the user may add flags in
# JNATSD_OPTS, and jars in JNATSD_CLASSPATH.
#
# Every start of a command pays for what is done here, so that it starts next to no other program, and it keeps to what
# bash 3.2 has, which is the one on macOS. Functions hand their results over in variables that their comments name.

JAVA_NEEDED=21
# Where warnings about what Maven's own libraries do begin, and can be switched off.
JAVA_WARNS=24
# Where Java can record a training run for later starts.
JAVA_RECORDS=25

launch() {
    local main_class=$1
    shift
    local root
    root=$(cd -P "${BASH_SOURCE[0]%/*}/.." && pwd) || exit 1
    local jar=$root/target/jnatsd.jar cache=$root/target/jnatsd.aot java java_home java_version java_others=
    if needs_build; then
        find_java javac
        build
    else
        find_java
    fi
    [[ -z ${TRAINED-} ]] || use_cache
    set -f # the words of JNATSD_OPTS are no file patterns
    exec "$java" ${JAVA_FLAGS[@]+"${JAVA_FLAGS[@]}"} ${JNATSD_OPTS-} -cp "$jar${JNATSD_CLASSPATH:+:$JNATSD_CLASSPATH}" \
        "$main_class" "$@"
}

fail() {
    printf '%s: %s\n' "${0##*/}" "$1" >&2
    exit 1
}

# --- the JDK ----------------------------------------------------------------------------------------------------------

# Sets java, java_home and java_version: JAVA_HOME's, or else PATH's, or else the newest there is; with the argument
# javac, of those that can compile.
find_java() {
    local need=${1-} home version best=0 candidate
    if [[ -n ${JAVA_HOME-} ]] && look_at "$JAVA_HOME"; then
        use "$JAVA_HOME" "$version"
        return
    fi
    java=$(type -P java) || java=
    if [[ -n $java ]]; then
        home_of_path_java
        if look_at "$home"; then
            use "$home" "$version"
            return
        fi
    fi
    candidate=
    for home in /usr/lib/jvm/* /opt/* /usr/java/* ~/.sdkman/candidates/java/* ~/.jdks/* \
        /Library/Java/JavaVirtualMachines/*/Contents/Home; do
        if look_at "$home" && ((version > best)); then
            best=$version
            candidate=$home
        fi
    done
    if [[ -z $candidate ]]; then
        need="Java $JAVA_NEEDED or newer${need:+ with javac}"
        fail "needs $need, and found ${java_others:-none}; set JAVA_HOME to such a JDK"
    fi
    use "$candidate" "$best"
}

use() {
    java_home=$1
    java_version=$2
    java=$1/bin/java
}

# Whether the JDK at $1 will do. Sets version; notes what will not do in java_others.
look_at() {
    [[ -x $1/bin/java && ! -d $1/bin/java ]] || return 1
    read_version "$1"
    if ((version < JAVA_NEEDED)); then
        local found="$version in $1"
        [[ $version == 0 ]] && found="one of unknown version in $1"
    elif [[ $need == javac && ! -x $1/bin/javac ]]; then
        local found="$version without javac in $1"
    else
        return 0
    fi
    # Under several names, a JDK is still one.
    [[ ", $java_others, " == *", $found, "* ]] || java_others=$java_others${java_others:+, }$found
    return 1
}

# Sets version to the feature version of the JDK at $1 (25, and 8 for 1.8), 0 if it cannot be told.
read_version() {
    local line
    version=0
    if [[ -r $1/release ]]; then
        while IFS= read -r line || [[ -n $line ]]; do
            if [[ $line =~ ^JAVA_VERSION=\"?(1\.)?([0-9]+) ]]; then
                version=${BASH_REMATCH[2]}
                return
            fi
        done <"$1/release"
    fi
    line=$("$1/bin/java" -version 2>&1) || line=
    [[ ! $line =~ version\ \"(1\.)?([0-9]+) ]] || version=${BASH_REMATCH[2]}
}

# Sets home for the java on the PATH, which may be a link, or a script of a version switcher, far from its JDK.
home_of_path_java() {
    home=$(readlink -f "$java" 2>/dev/null) || home=$java
    home=${home%/bin/java}
    [[ -r $home/release ]] && return
    local settings
    settings=$("$java" -XshowSettings:properties -version 2>&1) || settings=
    [[ ! $settings =~ java\.home\ =\ ([^$'\n']+) ]] || home=${BASH_REMATCH[1]}
}

# --- the build --------------------------------------------------------------------------------------------------------

# A distribution has the jar and no sources. The mark is there while a build is under way, and after one that was cut
# off: its jar may be half a jar.
needs_build() {
    if [[ ! -d $root/src/main ]]; then
        [[ -f $jar ]] || fail "$jar is missing, and so is the source to build it from"
        return 1
    fi
    [[ ! -f $jar || -e $root/target/.building ]] || is_outdated
}

# Directories count as well: removing a source changes only its directory.
is_outdated() {
    [[ -n $(find "$root/pom.xml" "$root/src/main" -newer "$jar" -print) ]]
}

build() {
    local mvn
    mvn=$(type -P mvn) || fail "$jar has to be built, which needs Maven, and there is no mvn on the PATH"
    mkdir -p "$root/target" || fail "cannot build: no permission to write $root/target"
    (
        # Whoever comes second waits here, and then finds everything built.
        ! type -P flock >/dev/null || flock 9
        ! needs_build || run_maven
    ) 9>"$root/target/.build.lock" || exit 1
}

run_maven() {
    local mark=$root/target/.building
    printf '%s: building %s\n' "${0##*/}" "$jar" >&2
    # Not overwritten but made anew: a server that runs from it keeps its own, unchanged.
    rm -f "$jar" "$cache" "$cache.for"
    : >"$mark" || fail "cannot write $mark"
    # Maven's colours are off, but it would still reset them.
    local options="-Djansi.noreset=true ${MAVEN_OPTS-}"
    ((java_version < JAVA_WARNS)) || options="$options --sun-misc-unsafe-memory-access=allow"
    if ! JAVA_HOME=$java_home MAVEN_OPTS=$options "$mvn" -q -B -Dstyle.color=never -f "$root/pom.xml" \
        -Dmaven.test.skip=true package 1>&2 9>&- || [[ ! -f $jar ]]; then
        rm -f "$jar"
        fail "the build failed; what Maven said is above"
    fi
    # As old as the build's beginning, so that a source saved meanwhile is newer.
    touch -r "$mark" "$jar"
    rm -f "$mark"
    train
}

# --- the training run ----------------------------------------------------------------------------------------------------

# Adds the flags for the cache, which is recorded first if it is missing, or was recorded from another jar or Java.
use_cache() {
    local state
    if ((java_version < JAVA_RECORDS)); then
        state="needs Java $JAVA_RECORDS or newer"
    else
        [[ $TRAINED != yes ]] || is_recorded || record
        if ! is_recorded; then
            state="not recorded; the start of a server does that if it can write $root/target"
        elif [[ ! -f $cache ]]; then
            state="could not be recorded; without $cache.for it is tried again"
        else
            state=recorded
            JAVA_FLAGS+=("-XX:AOTCache=$cache" '-Xlog:aot*=off' '-Xlog:cds*=off')
        fi
    fi
    [[ $TRAINED != report ]] || JAVA_FLAGS+=("-Djnatsd.aot=$state")
}

# Whether a training run of this jar by this Java has ended, well or not: beside the cache is a file that names the Java and
# is exactly as old as the jar. Java refuses a cache if the jar has another time, so a copy needs one of its own.
is_recorded() {
    local text= java_id
    [[ -f $cache.for && ! $cache.for -nt $jar && ! $cache.for -ot $jar ]] || return 1
    read_java_id
    IFS= read -r -d '' text <"$cache.for"
    [[ $text == "$java_id" ]]
}

# Sets java_id, which another JDK, or an update of this one, does not have.
read_java_id() {
    local release=
    [[ ! -r $java_home/release ]] || IFS= read -r -d '' release <"$java_home/release"
    java_id=$java_home:$release
}

record() {
    # Where nothing can be written, servers start without.
    (: >"$cache.new") 2>/dev/null || return 0
    printf '%s: recording %s, once for this jar and this Java\n' "${0##*/}" "$cache" >&2
    (
        ! type -P flock >/dev/null || flock 9
        is_recorded || train
    ) 9>"$root/target/.build.lock"
}

# Records what a server loads and which of its code is hot. Later starts are faster for it; they work without as well.
train() {
    ((java_version >= JAVA_RECORDS)) || return 0
    local java_id
    if "$java" "-XX:AOTCacheOutput=$cache.new" -XX:+UseSerialGC -Xms24m -cp "$jar" io.jnatsd.cli.TrainingRun >/dev/null 2>&1 \
        9>&- && [[ -s $cache.new ]]; then
        mv "$cache.new" "$cache"
    else
        rm -f "$cache"
    fi
    rm -f "$cache.new"*
    read_java_id
    printf '%s' "$java_id" >"$cache.for" && touch -r "$jar" "$cache.for"
}
