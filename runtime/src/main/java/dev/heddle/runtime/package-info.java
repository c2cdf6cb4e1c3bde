@NullMarked
package dev.heddle.runtime;

import org.jspecify.annotations.NullMarked;
