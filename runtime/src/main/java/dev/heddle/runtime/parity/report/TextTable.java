package dev.heddle.runtime.parity.report;

import java.util.ArrayList;
import java.util.List;

/** Columns of text, the first ones to the left and numbers to the right. Not thread-safe. */
final class TextTable {
    private static final String GAP = "  ";

    private final int leftColumns;
    private final List<List<String>> rows = new ArrayList<>();

    /** @param leftColumns how many columns hold words */
    TextTable(int leftColumns, String... header) {
        this.leftColumns = leftColumns;
        rows.add(List.of(header));
    }

    void add(List<String> row) {
        rows.add(List.copyOf(row));
    }

    List<String> lines() {
        int columns = rows.get(0).size();
        int[] widths = new int[columns];
        for (List<String> row : rows) {
            for (int i = 0; i < columns; i++) {
                widths[i] = Math.max(widths[i], width(row.get(i)));
            }
        }
        return rows.stream().map(row -> line(row, widths)).toList();
    }

    private String line(List<String> row, int[] widths) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
            String padding = " ".repeat(widths[i] - width(row.get(i)));
            line.append(i == 0 ? "" : GAP);
            line.append(i < leftColumns ? row.get(i) + padding : padding + row.get(i));
        }
        return line.toString().stripTrailing();
    }

    private static int width(String cell) {
        return cell.codePointCount(0, cell.length());
    }
}
