@NullMarked
package dev.heddle.exporter;

import org.jspecify.annotations.NullMarked;
