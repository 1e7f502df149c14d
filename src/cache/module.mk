# SPDX-License-Identifier: MIT
libvisage_a_SOURCES += \
	src/cache/blob.c src/cache/blob.h \
	src/cache/breaker.c src/cache/breaker.h \
	src/cache/cache.c src/cache/cache.h \
	src/cache/entry.c src/cache/entry.h \
	src/cache/file_system.c src/cache/file_system.h \
	src/cache/history.c \
	src/cache/hot.c src/cache/hot.h \
	src/cache/gate.c src/cache/gate.h \
	src/cache/index.c src/cache/index.h \
	src/cache/index_change.c src/cache/index_change.h \
	src/cache/index_publish.c \
	src/cache/index_purge.c \
	src/cache/index_record.c src/cache/index_record.h \
	src/cache/index_walk.c \
	src/cache/inspect.c \
	src/cache/keep.c \
	src/cache/lease.c src/cache/lease.h \
	src/cache/limiter.c src/cache/limiter.h \
	src/cache/lock_file.c src/cache/lock_file.h \
	src/cache/maintain.c src/cache/maintain.h \
	src/cache/names.c src/cache/names.h \
	src/cache/open.c \
	src/cache/publish.c \
	src/cache/publish_file.c src/cache/publish_file.h \
	src/cache/publish_root.c src/cache/publish_root.h \
	src/cache/published.c src/cache/published.h \
	src/cache/queue.c src/cache/queue.h \
	src/cache/recover.c \
	src/cache/recency.c \
	src/cache/scoreboard.c src/cache/scoreboard.h \
	src/cache/scoreboard_layout.h \
	src/cache/shared_file.c src/cache/shared_file.h \
	src/cache/state.h \
	src/cache/wait.c
