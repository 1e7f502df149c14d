# SPDX-License-Identifier: MIT
libvisage_a_SOURCES += \
	src/route/canonical_effects.c src/route/canonical_effects.h \
	src/route/atproto.c \
	src/route/camo.c \
	src/route/id.c src/route/id.h \
	src/route/dialect.h src/route/gravatar.c src/route/native.c \
	src/route/grant.c src/route/grant.h \
	src/route/generated.c src/route/generated.h \
	src/route/imgproxy.c src/route/imgproxy.h \
	src/route/imgproxy_geometry.c \
	src/route/imgproxy_options.c \
	src/route/imgproxy_signature.c \
	src/route/imgproxy_values.c \
	src/route/publishable.c src/route/publishable.h \
	src/route/rest.c \
	src/route/size.c src/route/size.h \
	src/route/native_path.c src/route/native_path.h \
	src/route/request.c src/route/request.h \
	src/route/route.c src/route/route.h \
	src/route/sign.c src/route/sign.h \
	src/route/template_id.c src/route/template_id.h \
	src/route/web_path.c src/route/web_path.h
