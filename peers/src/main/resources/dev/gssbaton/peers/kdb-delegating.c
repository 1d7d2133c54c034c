/*
 * A database of MIT's KDC that grants constrained delegation (S4U2proxy), which the one in a file, db2, never does: db2 with
 * one question more. The string "delegates_to" of a service names the one service that it may ask for tickets to in the
 * name of its clients.
 */
#include <dlfcn.h>
#include <kdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* By this name the KDC finds a database's functions. */
kdb_vftabl kdb_function_table;

static krb5_error_code allowed(krb5_context context, krb5_const_principal client, const krb5_db_entry *service,
                               krb5_const_principal target)
{
    char *named = NULL, *asked = NULL;
    krb5_error_code answer = KRB5KDC_ERR_BADOPTION;

    if (krb5_dbe_get_string(context, (krb5_db_entry *) service, "delegates_to", &named) == 0 && named != NULL) {
        if (target == NULL)
            answer = 0; /* whether it may ask for any */
        else if (krb5_unparse_name(context, target, &asked) == 0 && strcmp(named, asked) == 0)
            answer = 0;
    }
    krb5_free_unparsed_name(context, asked);
    krb5_dbe_free_string(context, named);
    return answer;
}

__attribute__((constructor)) static void start(void)
{
    void *library = dlopen(DB2, RTLD_NOW | RTLD_LOCAL);
    kdb_vftabl *db2 = library == NULL ? NULL : dlsym(library, "kdb_function_table");

    if (db2 == NULL) {
        fprintf(stderr, "%s\n", dlerror());
        exit(1);
    }
    kdb_function_table = *db2;
    kdb_function_table.check_allowed_to_delegate = allowed;
}
