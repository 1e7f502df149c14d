# SPDX-License-Identifier: MIT
libvisage_a_SOURCES += \
	src/base/base32.c src/base/base32.h \
	src/base/base64.c src/base/base64.h \
	src/base/base64_stream.c src/base/base64_stream.h \
	src/base/buffer.c src/base/buffer.h \
	src/base/camo_key.c src/base/camo_key.h \
	src/base/cause.c src/base/cause.h \
	src/base/cid.c src/base/cid.h \
	src/base/clock.c src/base/clock.h \
	src/base/config.c src/base/config.h \
	src/base/config_keys.h \
	src/base/config_keys_dialects.c \
	src/base/config_keys_server.c \
	src/base/config_keys_rest.c \
	src/base/config_keys_rewrite.c \
	src/base/config_keys_source.c \
	src/base/config_list.c \
	src/base/config_manual.c \
	src/base/config_accepted.c src/base/config_accepted.h \
	src/base/config_origin.c \
	src/base/config_paths.c \
	src/base/config_parse.c src/base/config_parse.h \
	src/base/config_reference.c \
	src/base/config_resolve.c src/base/config_resolve.h \
	src/base/config_table.c src/base/config_table.h \
	src/base/config_text.c src/base/config_text.h \
	src/base/config_unit.c src/base/config_unit.h \
	src/base/config_value.c src/base/config_value.h \
	src/base/config_written.c src/base/config_written.h \
	src/base/did.c src/base/did.h \
	src/base/digest.c src/base/digest.h \
	src/base/dialect_keys.c src/base/dialect_keys.h \
	src/base/generator.c src/base/generator.h \
	src/base/hex.c src/base/hex.h \
	src/base/hmac.c src/base/hmac.h \
	src/base/initials.c src/base/initials.h \
	src/base/imgproxy_keys.c src/base/imgproxy_keys.h \
	src/base/json_edit.c src/base/json_edit.h \
	src/base/json_string.c src/base/json_string.h \
	src/base/log.c src/base/log.h \
	src/base/log_file.c src/base/log_file.h \
	src/base/md5.c src/base/md5.h \
	src/base/network.c src/base/network.h \
	src/base/picture.c src/base/picture.h \
	src/base/secret.c src/base/secret.h \
	src/base/sign_keys.c src/base/sign_keys.h \
	src/base/siphash.c src/base/siphash.h \
	src/base/utf8.c src/base/utf8.h \
	src/base/write_all.c src/base/write_all.h
