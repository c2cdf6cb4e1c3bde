package dev.heddle.cli;

import dev.heddle.runtime.session.DType;
import java.util.Arrays;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The first part of an array that NumPy saved: {@code {'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }}; format versions 1 to 3, NEP 1.
 *
 * @param isColumnMajor the first axis runs fastest
 */
record NpyHeader(DType dtype, boolean isColumnMajor, long[] shape) {

    private static final Pattern TEXT = Pattern.compile("\\{'descr': '([^']{1,16})', 'fortran_order': (True|False), "
            + "'shape': \\(((?:\\d{1,18}(?:, |,|(?=\\)))){0,32})\\),? ?\\}\\s*");

    private static final Map<String, DType> TYPES = Map.of(
            "<f4", DType.FLOAT32,
            "<f8", DType.FLOAT64,
            "<f2", DType.FLOAT16,
            "<i8", DType.INT64,
            "<i4", DType.INT32,
            "|i1", DType.INT8,
            "|u1", DType.UINT8,
            "|b1", DType.BOOL);

    /** @throws IllegalArgumentException if the array is not one that Heddle reads */
    static NpyHeader parse(String text) {
        Matcher matcher = TEXT.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("expected a header as numpy.save writes it, got another one");
        }
        DType dtype = TYPES.get(matcher.group(1));
        if (dtype == null) {
            throw new IllegalArgumentException(
                    "expected little-endian floats, integers or bools, got elements '" + matcher.group(1) + "'");
        }
        long[] shape = Arrays.stream(matcher.group(3).split(","))
                .map(String::strip)
                .filter(length -> !length.isEmpty())
                .mapToLong(Long::parseLong)
                .toArray();
        return new NpyHeader(dtype, matcher.group(2).equals("True"), shape);
    }
}
