package dev.heddle.cli;

import dev.heddle.runtime.cache.ChunkSizes;
import java.util.Arrays;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** {@code 5,1,1}: the last size repeats. */
final class ChunksConverter implements ITypeConverter<ChunkSizes> {

    @Override
    public ChunkSizes convert(String text) {
        try {
            return ChunkSizes.of(Arrays.stream(text.split(","))
                    .mapToInt(size -> Integer.parseInt(size.trim()))
                    .toArray());
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException("expected sizes from 1 up such as 5,1,1, got '" + text + "'");
        }
    }
}
