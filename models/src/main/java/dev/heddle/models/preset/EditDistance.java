package dev.heddle.models.preset;

/** How many characters must be added, removed or changed to make one text from another (Levenshtein 1966). */
final class EditDistance {

    private EditDistance() {}

    static int between(String from, String to) {
        int[] above = new int[to.length() + 1];
        for (int column = 0; column <= to.length(); column++) {
            above[column] = column;
        }
        for (int row = 1; row <= from.length(); row++) {
            int[] current = new int[to.length() + 1];
            current[0] = row;
            for (int column = 1; column <= to.length(); column++) {
                int change = from.charAt(row - 1) == to.charAt(column - 1) ? 0 : 1;
                int addedOrRemoved = Math.min(above[column], current[column - 1]) + 1;
                current[column] = Math.min(addedOrRemoved, above[column - 1] + change);
            }
            above = current;
        }
        return above[to.length()];
    }
}
