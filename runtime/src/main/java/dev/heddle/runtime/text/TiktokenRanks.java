package dev.heddle.runtime.text;

import dev.heddle.runtime.ModelFormatException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads a tiktoken file: one token per line, its bytes in base64, a space, its rank, which is its id. */
final class TiktokenRanks {
    private static final Pattern LINE = Pattern.compile("([A-Za-z0-9+/]+={0,2}) (\\d{1,9})");
    private static final int LONGEST_FIRST_LINE = 256;

    private TiktokenRanks() {}

    /** Whether the file starts with a line of ranks; a SentencePiece model starts with a control byte. */
    static boolean isRanksFile(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            String start = new String(in.readNBytes(LONGEST_FIRST_LINE), StandardCharsets.ISO_8859_1);
            return LINE.matcher(start.lines().findFirst().orElse("")).matches();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * The ranks, by the bytes of a token.
     *
     * @throws ModelFormatException if a line is not a token and a rank, or the ranks are not 0 to their number less one
     */
    static Map<byte[], Integer> read(Path file) {
        Map<ByteBuffer, Integer> ranks = new HashMap<>();
        try (BufferedReader reader = Files.newBufferedReader(file, StandardCharsets.ISO_8859_1)) {
            int number = 0;
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                number++;
                if (line.isEmpty()) {
                    continue;
                }
                Matcher matcher = LINE.matcher(line);
                if (!matcher.matches()) {
                    throw new ModelFormatException(
                            "%s, line %d: expected base64 and a rank, got %s".formatted(file, number, line));
                }
                // Ranks in order without a hole: the special tokens come right behind the last one.
                if (Integer.parseInt(matcher.group(2)) != ranks.size()) {
                    throw new ModelFormatException("%s, line %d: expected rank %d, got %s"
                            .formatted(file, number, ranks.size(), matcher.group(2)));
                }
                if (ranks.put(ByteBuffer.wrap(bytes(file, number, matcher.group(1))), ranks.size()) != null) {
                    throw new ModelFormatException(
                            "%s, line %d: the token %s is there twice".formatted(file, number, matcher.group(1)));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Map<byte[], Integer> byBytes = new HashMap<>();
        ranks.forEach((token, rank) -> byBytes.put(token.array(), rank));
        return byBytes;
    }

    private static byte[] bytes(Path file, int line, String base64) {
        try {
            return Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            throw new ModelFormatException("%s, line %d: %s is not base64".formatted(file, line, base64), e);
        }
    }
}
