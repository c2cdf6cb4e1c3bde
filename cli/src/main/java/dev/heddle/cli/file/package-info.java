/** Files and folders that commands make. */
@NullMarked
package dev.heddle.cli.file;

import org.jspecify.annotations.NullMarked;
