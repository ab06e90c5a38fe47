/* The naive floor: a relay over bare TCP. One thread, one epoll instance, one
 * send for each delivery, no WebSocket, no sessions, no order.
 *
 *   raw PORT
 *
 * A frame is its length (4 bytes, little endian) and as many bytes. A client's
 * first frame names its party in 4 bytes and comes back as it was; each further
 * one goes to the others of that party. */
#define _GNU_SOURCE /* accept4 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MAX_FDS = 20000, MAX_PARTIES = 20000, MAX_SIZE = 256, MAX_FRAME = 16384, READ = 65536 };

struct client {
	int party;  /* -1: not named yet */
	int early;  /* bytes of a frame that is not whole yet */
	char *kept; /* and they */
};

struct party {
	int size;
	int *members; /* descriptors */
};

static struct client clients[MAX_FDS];
static struct party parties[MAX_PARTIES];

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

/* deliver writes all of b: what the socket does not take at once it waits for. */
static void deliver(int fd, const char *b, size_t n)
{
	while (n > 0) {
		ssize_t sent = send(fd, b, n, MSG_NOSIGNAL);
		if (sent < 0) {
			struct pollfd full = { .fd = fd, .events = POLLOUT };
			if (errno == EAGAIN && poll(&full, 1, 1000) > 0)
				continue;
			return;
		}
		b += sent;
		n -= sent;
	}
}

static void leave(int fd)
{
	struct client *c = &clients[fd];
	if (c->party >= 0) {
		struct party *p = &parties[c->party];
		for (int i = 0; i < p->size; i++)
			if (p->members[i] == fd)
				p->members[i--] = p->members[--p->size];
	}
	free(c->kept);
	close(fd);
}

/* take handles one whole frame of n bytes, length included. */
static int take(int fd, const char *frame, size_t n)
{
	struct client *c = &clients[fd];
	if (c->party < 0) {
		uint32_t id;
		if (n != 8)
			return -1;
		memcpy(&id, frame + 4, 4);
		if (id >= MAX_PARTIES || parties[id].size >= MAX_SIZE)
			return -1;
		struct party *p = &parties[id];
		if (!p->members && !(p->members = malloc(MAX_SIZE * sizeof *p->members)))
			return -1;
		p->members[p->size++] = fd;
		c->party = id;
		deliver(fd, frame, n);
		return 0;
	}
	struct party *p = &parties[c->party];
	for (int i = 0; i < p->size; i++)
		if (p->members[i] != fd)
			deliver(p->members[i], frame, n);
	return 0;
}

static int readable(int fd)
{
	static char b[READ + MAX_FRAME + 4];
	struct client *c = &clients[fd];
	if (c->early)
		memcpy(b, c->kept, c->early);
	ssize_t n = recv(fd, b + c->early, READ, 0);
	if (n <= 0)
		return n < 0 && errno == EAGAIN ? 0 : -1;
	char *at = b, *end = b + c->early + n;
	c->early = 0;
	while (end - at >= 4) {
		uint32_t size;
		memcpy(&size, at, 4);
		if (size > MAX_FRAME)
			return -1;
		if ((size_t)(end - at) < 4 + (size_t)size)
			break;
		if (take(fd, at, 4 + size) < 0)
			return -1;
		at += 4 + size;
	}
	if (at < end) {
		if (!c->kept && !(c->kept = malloc(MAX_FRAME + 4)))
			return -1;
		c->early = end - at;
		memcpy(c->kept, at, c->early);
	}
	return 0;
}

int main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "usage: raw PORT\n");
		return 2;
	}
	signal(SIGPIPE, SIG_IGN);
	int one = 1, l = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), poller = epoll_create1(0);
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons(atoi(argv[1])), .sin_addr = { htonl(INADDR_LOOPBACK) } };
	setsockopt(l, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
	if (l < 0 || poller < 0 || bind(l, (struct sockaddr *)&at, sizeof at) < 0 || listen(l, 4096) < 0)
		fail("raw");
	struct epoll_event e = { .events = EPOLLIN, .data.fd = l }, ready[256];
	if (epoll_ctl(poller, EPOLL_CTL_ADD, l, &e) < 0)
		fail("raw");
	for (;;) {
		int n = epoll_wait(poller, ready, 256, -1);
		if (n < 0 && errno != EINTR)
			fail("raw");
		for (int i = 0; i < n; i++) {
			int fd = ready[i].data.fd;
			if (fd != l) {
				if (readable(fd) < 0)
					leave(fd);
				continue;
			}
			while ((fd = accept4(l, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
				if (fd >= MAX_FDS) {
					close(fd);
					continue;
				}
				setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
				clients[fd] = (struct client){ .party = -1 };
				e = (struct epoll_event){ .events = EPOLLIN, .data.fd = fd };
				if (epoll_ctl(poller, EPOLL_CTL_ADD, fd, &e) < 0)
					close(fd);
			}
		}
	}
}
