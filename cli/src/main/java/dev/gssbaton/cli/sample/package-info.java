/** The protocol of MIT's gss-sample programs: frames, and what is answered to a message. */
package dev.gssbaton.cli.sample;
