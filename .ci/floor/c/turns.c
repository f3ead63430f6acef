/*
 * Runs whole processes in turn and prints what each took, one line a run: its place, microseconds from fork to its end, and the most
 * memory that was resident, in KiB. It is in C because a process counts as large as what started it (execve keeps the higher peak
 * of the two). Standard output of what it runs goes to /dev/null.
 *
 *   turns RUNS COMMAND [ARG...] [-- COMMAND [ARG...]]...
 *
 * Exit: 0 all ran · 1 one of them failed · 2 usage.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

enum { most_commands = 16 };

extern char **environ;

static long long now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000LL + t.tv_nsec / 1000;
}

static int once(int place, char **command)
{
	posix_spawn_file_actions_t files;
	struct rusage usage;
	pid_t pid;
	int status;

	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&files, 1, "/dev/null", O_WRONLY, 0);
	long long began = now();
	if (posix_spawn(&pid, command[0], &files, NULL, command, environ) != 0 || wait4(pid, &status, 0, &usage) != pid || status != 0) {
		fprintf(stderr, "turns: failed: %s\n", command[0]);
		return 1;
	}
	printf("%d %lld %ld\n", place, now() - began, usage.ru_maxrss);
	posix_spawn_file_actions_destroy(&files);
	return 0;
}

int main(int argc, char **argv)
{
	char **commands[most_commands];
	int n = 0, runs = argc > 2 ? atoi(argv[1]) : 0;

	for (int i = 2; i < argc; i++) {
		if (n < most_commands && (i == 2 || argv[i - 1] == NULL))
			commands[n++] = argv + i;
		if (strcmp(argv[i], "--") == 0)
			argv[i] = NULL;
	}
	if (runs < 1 || n == 0) {
		fprintf(stderr, "usage: turns RUNS COMMAND [ARG...] [-- COMMAND [ARG...]]...\n");
		return 2;
	}
	for (int run = 0; run < runs; run++)
		for (int i = 0; i < n; i++)
			if (once(i, commands[i]))
				return 1;
	return 0;
}
