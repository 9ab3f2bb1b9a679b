// One lasting CPU thread pool. llama.cpp's libraries come without OpenMP, and whoever brings no pool (node-llama-cpp, a
// shard server) has ggml start and end its threads for every graph, once a token: that costs more than half of the speed
// of a small model on two threads. So the CPU backend is led to this pool wherever it would be given none.
#include "vramesh.h"

#include "ggml-cpu.h"

#include <cstdlib>
#include <cstring>
#include <thread>

namespace vramesh {

namespace {

using set_pool  = void (*)(ggml_backend_t, ggml_threadpool_t);
using make_pool = ggml_threadpool_t (*)(ggml_threadpool_params *);

void * (*original)(ggml_backend_reg_t, const char *);
set_pool  set_original;
make_pool make;

int thread_count() {
    const char * wanted = std::getenv("VRAMESH_THREADS");
    const int count = wanted != nullptr ? std::atoi(wanted) : 0;
    return count > 0 ? count : static_cast<int>(std::thread::hardware_concurrency());
}

ggml_threadpool_t pool() {
    // It ends with the process: nothing says when the last graph has been computed.
    static const ggml_threadpool_t made = [] {
        ggml_threadpool_params params;
        ggml_threadpool_params_init(&params, thread_count());
        // Threads that wait by spinning take the cores from the editor.
        params.poll = 0;
        return make(&params);
    }();
    return made;
}

void set_pool_or_ours(ggml_backend_t backend, ggml_threadpool_t given) {
    set_original(backend, given != nullptr ? given : pool());
}

void * proc_address(ggml_backend_reg_t reg, const char * name) {
    if (std::strcmp(name, "ggml_backend_cpu_set_threadpool") == 0) return reinterpret_cast<void *>(set_pool_or_ours);
    return original(reg, name);
}

} // namespace

void install_thread_pool(ggml_backend_reg_t cpu) {
    if (cpu == nullptr || cpu->iface.get_proc_address == proc_address) return;
    original     = cpu->iface.get_proc_address;
    set_original = reinterpret_cast<set_pool>(original(cpu, "ggml_backend_cpu_set_threadpool"));
    make         = reinterpret_cast<make_pool>(original(cpu, "ggml_threadpool_new"));
    if (set_original != nullptr && make != nullptr) cpu->iface.get_proc_address = proc_address;
}

void use_thread_pool(ggml_backend_t backend) {
    if (set_original != nullptr && ggml_backend_dev_type(ggml_backend_get_device(backend)) == GGML_BACKEND_DEVICE_TYPE_CPU)
        set_pool_or_ours(backend, nullptr);
}

} // namespace vramesh
