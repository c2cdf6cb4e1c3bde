package dev.heddle.models.checkpoint;

/**
 * A stored (not compressed) entry of a zip file.
 *
 * @param header byte of the file at which its local header begins
 * @param start byte of the file at which its content begins
 */
record ZipEntryRange(String name, long header, long start, long bytes) {

    long end() {
        return start + bytes;
    }
}
