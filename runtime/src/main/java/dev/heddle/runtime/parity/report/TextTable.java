package dev.heddle.runtime.parity.report;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** A table of text with columns as wide as their longest cell. Not thread-safe. */
public final class TextTable {
    private static final String GAP = "  ";

    private final List<List<String>> rows = new ArrayList<>();
    private final Set<Integer> right = new TreeSet<>();

    public TextTable(String... header) {
        rows.add(List.of(header));
    }

    /** As many cells as the header has. */
    public TextTable row(String... cells) {
        return row(List.of(cells));
    }

    /** As many cells as the header has. */
    public TextTable row(List<String> cells) {
        rows.add(List.copyOf(cells));
        return this;
    }

    /** Columns of numbers, counted from 0. */
    public TextTable alignRight(Integer... columns) {
        right.addAll(List.of(columns));
        return this;
    }

    /** Header and rows, without newlines. */
    public List<String> lines() {
        int columns = rows.get(0).size();
        int[] widths = new int[columns];
        for (List<String> row : rows) {
            for (int i = 0; i < columns; i++) {
                widths[i] = Math.max(widths[i], width(row.get(i)));
            }
        }
        return rows.stream().map(row -> line(row, widths)).toList();
    }

    public void print(PrintWriter out) {
        lines().forEach(out::println);
        out.flush();
    }

    private String line(List<String> row, int[] widths) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
            String padding = " ".repeat(widths[i] - width(row.get(i)));
            line.append(i == 0 ? "" : GAP);
            line.append(right.contains(i) ? padding + row.get(i) : row.get(i) + padding);
        }
        return line.toString().stripTrailing();
    }

    private static int width(String cell) {
        return cell.codePointCount(0, cell.length());
    }
}
