package io.jnatsd.monitor;

import io.jnatsd.monitor.PrometheusText.Kind;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.lang.management.MemoryUsage;
import java.util.List;

/** Writes the metrics of the JVM. Threads: any thread. */
final class JvmMetrics {
    private JvmMetrics() {
    }

    static void put(PrometheusText text) {
        MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
        MemoryUsage heap = memory.getHeapMemoryUsage();
        text.metric("jnatsd_jvm_heap_used_bytes", Kind.GAUGE, "Java heap in use").sample(heap.getUsed());
        text.metric("jnatsd_jvm_heap_committed_bytes", Kind.GAUGE, "Java heap taken from the system").sample(
                heap.getCommitted());
        text.metric("jnatsd_jvm_heap_max_bytes", Kind.GAUGE, "Limit of the Java heap").sample(heap.getMax());
        text.metric("jnatsd_jvm_nonheap_used_bytes", Kind.GAUGE, "Memory of the JVM outside the heap").sample(
                memory.getNonHeapMemoryUsage().getUsed());
        text.metric("jnatsd_jvm_threads", Kind.GAUGE, "Platform threads; virtual ones are not counted").sample(
                ManagementFactory.getThreadMXBean().getThreadCount());
        List<GarbageCollectorMXBean> collectors = ManagementFactory.getGarbageCollectorMXBeans();
        text.metric("jnatsd_jvm_gc_collections_total", Kind.COUNTER, "Garbage collections");
        for (GarbageCollectorMXBean collector : collectors)
            text.sample(Math.max(collector.getCollectionCount(), 0), "gc", collector.getName());
        text.metric("jnatsd_jvm_gc_seconds_total", Kind.COUNTER, "Time spent on garbage collections");
        for (GarbageCollectorMXBean collector : collectors)
            text.sample(Math.max(collector.getCollectionTime(), 0) / 1e3, "gc", collector.getName());
    }
}
