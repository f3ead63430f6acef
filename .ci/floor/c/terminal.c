/*
 * Runs a program on a terminal of 80 by 24 and prints three numbers: microseconds from fork until TEXT is on the terminal, and then,
 * over SECONDS in which nobody presses a key, how many bytes it writes and how many microseconds of processor time it takes. It ends
 * the program with SIGKILL.
 *
 *   terminal TEXT SECONDS COMMAND [ARG...]     TEXT is as it is written, without a change of color inside
 *
 * Exit: 0 measured · 1 TEXT never came, or the program ended by itself · 2 usage.
 */
#define _GNU_SOURCE
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { patience = 20 * 1000000, settling = 2 * 1000000 };

static pid_t child;
static int master;
static char seen[1 << 20];
static size_t length;

static long long clocked(clockid_t clock)
{
	struct timespec t;
	clock_gettime(clock, &t);
	return t.tv_sec * 1000000LL + t.tv_nsec / 1000;
}

static void fail(const char *why)
{
	fprintf(stderr, "terminal: %s\n", why);
	kill(child, SIGKILL);
	exit(1);
}

/* Reads what is written before END, and says how much that was; 0 if nothing was. */
static size_t take(long long end)
{
	struct pollfd readable = {.fd = master, .events = POLLIN};
	long long left = end - clocked(CLOCK_MONOTONIC);

	if (left <= 0 || poll(&readable, 1, left / 1000 + 1) == 0)
		return 0;
	if (length == sizeof seen - 1)
		length = 0;
	ssize_t n = read(master, seen + length, sizeof seen - 1 - length);
	if (n <= 0)
		fail("the program ended");
	length += n;
	return n;
}

static size_t written_in(long long microseconds)
{
	long long end = clocked(CLOCK_MONOTONIC) + microseconds;
	size_t bytes = 0;

	while (clocked(CLOCK_MONOTONIC) < end)
		bytes += take(end);
	return bytes;
}

int main(int argc, char **argv)
{
	struct winsize size = {.ws_col = 80, .ws_row = 24};
	clockid_t its_clock;

	if (argc < 4) {
		fprintf(stderr, "usage: terminal TEXT SECONDS COMMAND [ARG...]\n");
		return 2;
	}
	long long began = clocked(CLOCK_MONOTONIC);
	child = forkpty(&master, NULL, NULL, &size);
	if (child == 0) {
		execv(argv[3], argv + 3);
		_exit(127);
	}
	while (memmem(seen, length, argv[1], strlen(argv[1])) == NULL)
		if (take(began + patience) == 0)
			fail("the text never came");
	long long first = clocked(CLOCK_MONOTONIC) - began;

	size_t bytes = 0;
	long long used = 0, seconds = atoi(argv[2]);
	if (seconds > 0 && clock_getcpuclockid(child, &its_clock) == 0) {
		written_in(settling);
		used = clocked(its_clock);
		bytes = written_in(seconds * 1000000);
		used = clocked(its_clock) - used;
	}
	printf("%lld %zu %lld\n", first, bytes, used);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	return 0;
}
