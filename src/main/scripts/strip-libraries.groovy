// Makes the jar smaller: removes from the bundled libraries what only debuggers read (names of local variables, line
// numbers), and compresses each entry as well as possible. Everything else is copied as it is. All entries get the same
// time, written as local time because a jar has no time zone, so that two builds of one commit give the same jar.
import java.nio.file.Files
import java.nio.file.StandardCopyOption
import java.time.LocalDateTime
import java.time.OffsetDateTime
import java.util.zip.Deflater
import java.util.zip.ZipEntry
import java.util.zip.ZipFile
import java.util.zip.ZipOutputStream
import org.objectweb.asm.ClassReader
import org.objectweb.asm.ClassWriter

File jar = project.artifact.file
File smaller = new File("${jar}.new")
LocalDateTime time = OffsetDateTime.parse(project.properties['project.build.outputTimestamp']).toLocalDateTime()

static byte[] withoutDebugging(byte[] type) {
    ClassWriter copy = new ClassWriter(0)
    new ClassReader(type).accept(copy, ClassReader.SKIP_DEBUG)
    return copy.toByteArray()
}

new ZipFile(jar).withCloseable { ZipFile from ->
    new ZipOutputStream(smaller.newOutputStream()).withCloseable { ZipOutputStream to ->
        to.level = Deflater.BEST_COMPRESSION
        from.entries().findAll { !it.directory }.each { ZipEntry old ->
            byte[] content = from.getInputStream(old).bytes
            boolean strips = old.name.startsWith('io/jnatsd/lib/') && old.name.endsWith('.class')
            ZipEntry entry = new ZipEntry(old.name)
            entry.timeLocal = time
            to.putNextEntry(entry)
            to.write(strips ? withoutDebugging(content) : content)
            to.closeEntry()
        }
    }
}
Files.move(smaller.toPath(), jar.toPath(), StandardCopyOption.REPLACE_EXISTING)
