# SPDX-License-Identifier: MIT
libvisage_a_SOURCES += \
	src/store/store.c src/store/store.h \
	src/store/store_backup.c \
	src/store/store_care.c \
	src/store/store_change.c \
	src/store/store_file.c src/store/store_file.h \
	src/store/store_hold.c \
	src/store/store_owed.c \
	src/store/store_private.h \
	src/store/store_record.c src/store/store_record.h \
	src/store/store_settle.c \
	src/store/store_sound.c \
	src/store/store_sync.c \
	src/store/store_upload.c \
	src/store/store_versions.c src/store/store_versions.h
