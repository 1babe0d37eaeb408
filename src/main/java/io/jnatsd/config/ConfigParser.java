package io.jnatsd.config;

import io.jnatsd.config.ConfigValue.Array;
import io.jnatsd.config.ConfigValue.Block;
import io.jnatsd.config.ConfigValue.Bool;
import io.jnatsd.config.ConfigValue.Text;
import io.jnatsd.config.Vocabulary.Kind;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The configuration language, from text to a tree of {@link ConfigValue}s, by
 * recursive descent. After a mistake it goes on with the next line of the same map or array, to show several mistakes
 * at once. Threads: one, and one instance for each text.
 */
final class ConfigParser {
    /** Maps, arrays, includes and variables within each other. */
    static final int MAX_DEPTH = 200;

    /** What a value stands in, which decides what may follow it. */
    private enum Enclosing {
        TOP(Cursor.END, "Expected a top-level value to end with a new line, comment or EOF, but got "),
        MAP('}', "Expected a map value terminator \",\" or a map terminator \"}\", but got "),
        ARRAY(']', "Expected an array value terminator \",\" or an array terminator \"]\", but got ");

        private final char close;
        private final String expected;

        Enclosing(char close, String expected) {
            this.close = close;
            this.expected = expected;
        }
    }

    private final ParseContext context;
    private final Source source;
    private final Cursor cursor;
    private final Redaction redaction;
    private final Strings strings;
    private final Numbers numbers;
    /** The maps around the current position, outermost first: where variables are looked up. */
    private final List<Block> scopes = new ArrayList<>();
    private int depth;
    /** After the first mistake a missing bracket is more likely its consequence than another mistake. */
    private boolean faulty;

    /** @param kind of the key whose value the source is; OPTION for a file */
    ConfigParser(Source source, ParseContext context, int depth, Kind kind) {
        this.source = source;
        this.context = context;
        this.depth = depth;
        cursor = new Cursor(source);
        redaction = new Redaction(cursor, context.vocabulary(), kind);
        strings = new Strings(cursor, redaction);
        numbers = new Numbers(cursor, redaction);
    }

    /** Parses a file and all it includes. */
    static Block parse(Path file, ParseContext context) throws ConfigException {
        try {
            Block root = new ConfigParser(context.includes().open(file), context, 0, Kind.OPTION).document();
            context.problems().throwIfAny();
            return root;
        } catch (Includes.UnavailableException e) {
            throw new ConfigException(List.of(new Problem(file.toString(), 0, 0, e.getMessage())));
        }
    }

    /** Parses a text. Its includes are relative to the working directory. */
    static Block parse(String name, String text, ParseContext context) throws ConfigException {
        Block root = new ConfigParser(new Source(name, null, text), context, 0, Kind.OPTION).document();
        context.problems().throwIfAny();
        return root;
    }

    private Block document() {
        Block root = new Block(source, 0);
        scopes.add(root);
        int nul = cursor.indexOf(Cursor.END, 0);
        if (nul >= 0) {
            context.problems().error(source.problem(nul, "unexpected NUL byte; the file is not text"));
            return root;
        }
        cursor.skipBlank();
        if (cursor.peek() == '{') {
            // So that JSON files load.
            pairs(root, Enclosing.MAP, cursor.offset++);
            cursor.skipBlank();
            if (!cursor.atEnd() && !faulty)
                context.problems().error(source.problem(cursor.offset,
                        "expected the end of the file after the '}' that closes all of it, but got "
                                + redaction.quoted(cursor.peek())));
        } else {
            pairs(root, Enclosing.TOP, 0);
        }
        return root;
    }

    /** Parses a text that is nothing but one value; null if something follows it. */
    ConfigValue onlyValue() {
        cursor.skipSpaces();
        ConfigValue value = value(Enclosing.TOP);
        cursor.skipWhite();
        return cursor.atEnd() ? value : null;
    }

    /** Parses up to the end of a map, or of the file. */
    private void pairs(Block block, Enclosing enclosing, int start) {
        while (true) {
            skipSeparators();
            if (cursor.atEnd()) {
                if (enclosing == Enclosing.MAP)
                    unclosed(start, "'{'", '}');
                return;
            }
            if (enclosing == Enclosing.MAP && cursor.peek() == '}') {
                cursor.offset++;
                return;
            }
            try {
                pair(block, enclosing);
            } catch (SyntaxException e) {
                recover(e, enclosing);
            }
        }
    }

    /** Between pairs anything separates, also several times. */
    private void skipSeparators() {
        cursor.skipBlank();
        while (cursor.peek() == ',' || cursor.peek() == ';') {
            cursor.offset++;
            cursor.skipBlank();
        }
    }

    private void recover(SyntaxException e, Enclosing enclosing) {
        faulty = true;
        context.problems().error(e.problem());
        if (context.problems().full()) {
            cursor.moveToEnd();
            return;
        }
        // A value that was missed may stand on the next line.
        if (Cursor.isNewline(cursor.peek()))
            cursor.skipBlank();
        else
            cursor.skipFaulty(enclosing.close);
        redaction.doubt();
    }

    private void unclosed(int start, String bracket, char close) {
        if (!faulty)
            context.problems().error(source.problem(start,
                    "this " + bracket + " is not closed: expected '" + close + "' before the end of the file"));
        faulty = true;
    }

    private void pair(Block block, Enclosing enclosing) {
        int start = cursor.offset;
        boolean quoted = cursor.peek() == '"' || cursor.peek() == '\'';
        String key = quoted ? strings.raw("key") : bareKey();
        String name = redaction.name(start, key);
        boolean separated = Cursor.isWhite(cursor.peek()) || cursor.atEnd();
        if (!quoted && separated && key.equalsIgnoreCase("include")) {
            include(block, start);
            endOfValue(enclosing, null);
            return;
        }
        cursor.skipWhite();
        if (cursor.atEnd() && enclosing == Enclosing.TOP && !quoted) {
            // gnatsd: a key that is the last word of the file is ignored.
            context.problems().warn(new Text(source, start, key), "the key \"" + name + "\" has no value and is ignored");
            return;
        }
        if (cursor.peek() == '=' || cursor.peek() == ':') {
            cursor.offset++;
            if (enclosing == Enclosing.MAP)
                cursor.skipWhite();
            else
                cursor.skipSpaces();
        }
        if (cursor.atEnd() || cursor.peek() == '}')
            throw cursor.fault(start, "Expected value but found " + Cursor.shown(cursor.peek()) + ": the key \"" + name
                    + "\" has no value");
        Kind outer = redaction.enter(key);
        try {
            ConfigValue value = value(enclosing);
            block.put(new Entry(source, start, key, name, value));
            endOfValue(enclosing, value);
        } finally {
            redaction.leave(outer);
        }
    }

    private String bareKey() {
        int start = cursor.offset;
        char c = cursor.peek();
        if (c == '=' || c == ':')
            throw cursor.fault("Unexpected key separator '" + c + "'");
        if (c == '/')
            throw cursor.fault("Unexpected '/': a comment begins with // or #");
        if ("[](){}".indexOf(c) >= 0)
            throw cursor.fault("Expected a key but got '" + c + "'");
        while (!Cursor.isWhite(c) && c != '=' && c != ':' && c != Cursor.END) {
            if (c == '{' || c == '[' || c == '}')
                throw cursor.fault(c == '}'
                        ? "Expected value but found '}': the key \"" + nameFrom(start) + "\" has no value"
                        : "Expected a space, '=' or ':' between the key \"" + nameFrom(start) + "\" and '" + c + "'");
            cursor.offset++;
            c = cursor.peek();
        }
        return cursor.textFrom(start);
    }

    private String nameFrom(int start) {
        return redaction.name(start, cursor.textFrom(start));
    }

    /** Checks that the value is followed by something that may follow it. */
    private void endOfValue(Enclosing enclosing, ConfigValue value) {
        cursor.skipSpaces();
        char c = cursor.peek();
        boolean ends = cursor.atEnd() || Cursor.isNewline(c) || cursor.isComment(cursor.offset) || c == ','
                || c == enclosing.close || c == ';' && enclosing != Enclosing.ARRAY;
        if (!ends)
            throw cursor.fault(enclosing.expected + redaction.quoted(c) + " instead."
                    + (value instanceof Text ? " A string with such characters or spaces needs quotes." : ""));
    }

    private void include(Block block, int start) {
        cursor.skipSpaces();
        int at = cursor.offset;
        char c = cursor.peek();
        String path = c == '"' || c == '\'' ? strings.raw("path") : barePath();
        enter(start);
        try {
            Source included = context.includes().open(Includes.resolve(source, path));
            Block root = new ConfigParser(included, context, depth, Kind.OPTION).document();
            context.includes().close();
            for (Entry entry : root.entries().values())
                block.put(entry);
        } catch (Includes.UnavailableException e) {
            throw cursor.fault(at, "Error parsing include file '" + path + "', " + e.getMessage() + ".");
        } finally {
            depth--;
        }
    }

    private String barePath() {
        int start = cursor.offset;
        char c = cursor.peek();
        String found = switch (c) {
            case '[' -> "start of an array";
            case '{' -> "start of a map";
            case '(' -> "start of a block";
            case '\\' -> "escape sequence";
            case '\n', '\r' -> "new line";
            case ';', '}', Cursor.END -> Cursor.shown(c);
            default -> null;
        };
        if (found != null)
            throw cursor.fault("Expected include value but found " + found);
        while (c != Cursor.END && c != ';' && c != '}' && c != '\'' && !Cursor.isSpace(c) && !Cursor.isNewline(c))
            c = cursor.at(++cursor.offset);
        String path = cursor.textFrom(start);
        if (c == '\'')
            cursor.offset++;
        return path;
    }

    private ConfigValue value(Enclosing enclosing) {
        int start = cursor.offset;
        char c = cursor.peek();
        switch (c) {
            case '[':
                return array(start);
            case '{':
                return map(start);
            case '"':
                return new Text(source, start, strings.quoted());
            case '\'':
                return new Text(source, start, strings.raw("string"));
            case '(':
                return new Text(source, start, strings.block());
            case '.':
                throw cursor.fault("Floats must start with a digit; if this is a string, put it in quotes");
            case '\n', '\r', '}', ']', Cursor.END:
                throw cursor.fault("Expected value but found " + Cursor.shown(c));
            case ',':
                throw cursor.fault(enclosing == Enclosing.ARRAY ? "Unexpected array value terminator ','."
                        : "Unexpected map value terminator \",\".");
            default:
                return Cursor.isDigit(c) || c == '-' ? numberOrText(start) : bare(start);
        }
    }

    private ConfigValue numberOrText(int start) {
        ConfigValue number = numbers.next();
        if (number != null)
            return number;
        int address = numbers.addressBeforeComment();
        cursor.offset += address;
        return new Text(source, start, address > 0 ? cursor.textFrom(start) : strings.bare());
    }

    private ConfigValue bare(int start) {
        String text = strings.bare();
        if (strings.wasEscaped() || text.isEmpty())
            return new Text(source, start, text);
        if (text.charAt(0) == '$' && !isBcrypt(text))
            return variable(text.substring(1), new Text(source, start, text));
        if (isAny(text, "true", "yes", "on"))
            return new Bool(source, start, true, text);
        if (isAny(text, "false", "no", "off"))
            return new Bool(source, start, false, text);
        return new Text(source, start, text);
    }

    /** A hash stands for itself without quotes, although it begins like a variable. */
    static boolean isBcrypt(String text) {
        return text.startsWith("$2a$") || text.startsWith("$2b$") || text.startsWith("$2y$");
    }

    private static boolean isAny(String text, String... words) {
        for (String word : words) {
            if (word.equalsIgnoreCase(text))
                return true;
        }
        return false;
    }

    private ConfigValue variable(String name, Place use) {
        for (Block scope : scopes.reversed()) {
            Entry entry = scope.entries().get(name);
            if (entry != null)
                return used(entry);
        }
        enter(use.offset());
        try {
            ConfigValue value = context.environment().value(name, use, context, depth, redaction);
            if (value != null)
                return value;
        } finally {
            depth--;
        }
        // After the environment: $PORT of the environment is not the key "port" of the file.
        for (Block scope : scopes.reversed()) {
            for (Entry entry : scope.entries().values()) {
                if (entry.key().equalsIgnoreCase(name))
                    return used(entry);
            }
        }
        throw cursor.fault(use.offset(), "Variable reference for " + redaction.quoted(name) + " on line "
                + source.line(use.offset()) + " can not be found."
                + (redaction.hides() ? " A string that begins with '$' needs quotes." : ""));
    }

    private static ConfigValue used(Entry entry) {
        entry.usedAsVariable();
        return entry.value();
    }

    private Array array(int start) {
        enter(start);
        cursor.offset++;
        List<ConfigValue> elements = new ArrayList<>();
        while (true) {
            cursor.skipBlank();
            if (cursor.atEnd()) {
                unclosed(start, "'['", ']');
                break;
            }
            if (cursor.peek() == ']') {
                cursor.offset++;
                break;
            }
            try {
                ConfigValue element = value(Enclosing.ARRAY);
                elements.add(element);
                endOfValue(Enclosing.ARRAY, element);
                if (cursor.peek() == ',')
                    cursor.offset++;
            } catch (SyntaxException e) {
                recover(e, Enclosing.ARRAY);
            }
        }
        depth--;
        return new Array(source, start, elements);
    }

    private Block map(int start) {
        enter(start);
        cursor.offset++;
        Block block = new Block(source, start);
        scopes.add(block);
        pairs(block, Enclosing.MAP, start);
        scopes.removeLast();
        depth--;
        return block;
    }

    private void enter(int start) {
        if (depth >= MAX_DEPTH)
            throw cursor.fault(start, "nested deeper than " + MAX_DEPTH + " levels");
        depth++;
    }
}
