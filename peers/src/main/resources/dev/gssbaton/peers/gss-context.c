/*
 * One context of the GSS-API library that this is linked with, for what Java's native bridge has no call.
 *
 *   gss-context initiate PRINCIPAL FLAGS BINDINGS
 *   gss-context accept BINDINGS
 *
 * Reads frames of a four-octet length and as many octets, and answers each with another, until its input ends. Of a
 * question the first octet says what is wanted, and the rest is the argument; an answer begins with the major status:
 *
 *   s  the next step: token -> 1 if established, or 0 | token
 *   g  the services granted: -> four octets
 *   w  wrap with confidentiality: message -> token
 *   u  unwrap: token -> message
 *   f  GSS_Pseudo_random, GSS_C_PRF_KEY_FULL: four octets of length | input -> output
 *   p  the same, GSS_C_PRF_KEY_PARTIAL
 */
#include <gssapi/gssapi.h>
#include <gssapi/gssapi_ext.h>
#include <gssapi/gssapi_krb5.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static gss_ctx_id_t context = GSS_C_NO_CONTEXT;
static gss_name_t target = GSS_C_NO_NAME;
static OM_uint32 wanted, granted;
static int established;
static struct gss_channel_bindings_struct bindings;
static gss_channel_bindings_t bound = GSS_C_NO_CHANNEL_BINDINGS;

static void put32(unsigned char *to, uint32_t number)
{
    to[0] = (unsigned char)(number >> 24);
    to[1] = (unsigned char)(number >> 16);
    to[2] = (unsigned char)(number >> 8);
    to[3] = (unsigned char)number;
}

static uint32_t get32(const unsigned char *from)
{
    return (uint32_t)from[0] << 24 | (uint32_t)from[1] << 16 | (uint32_t)from[2] << 8 | from[3];
}

static void answer(OM_uint32 major, const void *head, size_t head_length, gss_buffer_t body)
{
    unsigned char prefix[8];
    put32(prefix, (uint32_t)(4 + head_length + body->length));
    put32(prefix + 4, major);
    fwrite(prefix, 1, sizeof prefix, stdout);
    fwrite(head, 1, head_length, stdout);
    fwrite(body->value, 1, body->length, stdout);
    fflush(stdout);
}

static void step(gss_buffer_t token)
{
    OM_uint32 major, minor;
    gss_buffer_desc out = GSS_C_EMPTY_BUFFER;
    unsigned char done;
    if (target != GSS_C_NO_NAME) {
        major = gss_init_sec_context(&minor, GSS_C_NO_CREDENTIAL, &context, target, (gss_OID)gss_mech_krb5, wanted, 0,
                                     bound, token->length ? token : GSS_C_NO_BUFFER, NULL, &out, &granted, NULL);
    } else {
        major = gss_accept_sec_context(&minor, &context, GSS_C_NO_CREDENTIAL, token, bound, NULL, NULL, &out, &granted,
                                       NULL, NULL);
    }
    established = major == GSS_S_COMPLETE;
    done = (unsigned char)established;
    answer(major, &done, 1, &out);
    gss_release_buffer(&minor, &out);
}

static void ask(unsigned char what, gss_buffer_t argument)
{
    OM_uint32 major = GSS_S_FAILURE, minor;
    gss_buffer_desc out = GSS_C_EMPTY_BUFFER;
    gss_buffer_desc input;
    unsigned char flags[4];
    switch (what) {
    case 's':
        step(argument);
        return;
    case 'g':
        put32(flags, granted);
        answer(GSS_S_COMPLETE, flags, sizeof flags, &out);
        return;
    case 'w':
        major = gss_wrap(&minor, context, 1, GSS_C_QOP_DEFAULT, argument, NULL, &out);
        break;
    case 'u':
        major = gss_unwrap(&minor, context, argument, &out, NULL, NULL);
        break;
    case 'f':
    case 'p':
        if (argument->length >= 4) {
            input.length = argument->length - 4;
            input.value = (unsigned char *)argument->value + 4;
            major = gss_pseudo_random(&minor, context, what == 'f' ? GSS_C_PRF_KEY_FULL : GSS_C_PRF_KEY_PARTIAL,
                                      &input, (ssize_t)get32(argument->value), &out);
        }
        break;
    }
    answer(major, NULL, 0, &out);
    gss_release_buffer(&minor, &out);
}

static void bind_to(char *data)
{
    if (*data) {
        bindings.application_data.length = strlen(data);
        bindings.application_data.value = data;
        bound = &bindings;
    }
}

int main(int count, char **arguments)
{
    unsigned char length[4];
    if (count == 5 && strcmp(arguments[1], "initiate") == 0) {
        OM_uint32 minor;
        gss_buffer_desc name = {strlen(arguments[2]), arguments[2]};
        if (gss_import_name(&minor, &name, (gss_OID)GSS_KRB5_NT_PRINCIPAL_NAME, &target) != GSS_S_COMPLETE) {
            return 1;
        }
        wanted = (OM_uint32)strtoul(arguments[3], NULL, 10);
        bind_to(arguments[4]);
    } else if (count == 3 && strcmp(arguments[1], "accept") == 0) {
        bind_to(arguments[2]);
    } else {
        return 2;
    }
    while (fread(length, 1, sizeof length, stdin) == sizeof length) {
        size_t size = get32(length);
        unsigned char *frame = malloc(size + 1);
        gss_buffer_desc argument;
        if (size == 0 || frame == NULL || fread(frame, 1, size, stdin) != size) {
            return 3;
        }
        argument.length = size - 1;
        argument.value = frame + 1;
        ask(frame[0], &argument);
        free(frame);
    }
    return 0;
}
