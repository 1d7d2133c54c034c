/** Child JVMs and private folders, which end with the process that made them. */
package dev.gssbaton.cli.process;
