# Sourced by the commands beside it, which then call
#
#     launch MAIN_CLASS ARGUMENT...
#
# It becomes the Java process. This is the file of the runtime archive, which contains Java, the jar and the cache of a
# training run. That of a checkout finds the first and makes the others, and has the same settings: JAVA_FLAGS and
# TRAINED are the caller's, JNATSD_OPTS and JNATSD_CLASSPATH the user's.

launch() {
    local main_class=$1 root
    shift
    root=$(cd -P "${BASH_SOURCE[0]%/*}/.." && pwd) || exit 1
    [[ ${TRAINED-} != report ]] || JAVA_FLAGS+=(-Djnatsd.aot=recorded)
    set -f # the words of JNATSD_OPTS are no file patterns
    exec "$root/runtime/bin/java" "-XX:AOTCache=$root/lib/jnatsd.aot" '-Xlog:aot*=off' '-Xlog:cds*=off' \
        ${JAVA_FLAGS[@]+"${JAVA_FLAGS[@]}"} ${JNATSD_OPTS-} \
        -cp "$root/lib/jnatsd.jar${JNATSD_CLASSPATH:+:$JNATSD_CLASSPATH}" "$main_class" "$@"
}
