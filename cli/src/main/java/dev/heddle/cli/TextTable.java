package dev.heddle.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** A table of text with columns as wide as their longest cell. */
final class TextTable {

    private final List<List<String>> rows = new ArrayList<>();
    private final Set<Integer> right = new TreeSet<>();

    TextTable(String... header) {
        rows.add(List.of(header));
    }

    TextTable row(String... cells) {
        rows.add(List.of(cells));
        return this;
    }

    /** Columns of numbers, counted from 0. */
    TextTable alignRight(Integer... columns) {
        right.addAll(List.of(columns));
        return this;
    }

    void print(PrintWriter out) {
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int column = 0; column < row.size(); column++) {
                String padding = " ".repeat(width(column) - row.get(column).length());
                line.append(right.contains(column) ? padding + row.get(column) : row.get(column) + padding);
                line.append("  ");
            }
            out.println(line.toString().stripTrailing());
        }
        out.flush();
    }

    private int width(int column) {
        return rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0);
    }
}
