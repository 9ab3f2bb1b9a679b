// The face that llama.cpp sees: a backend whose devices are the shards of one placement. llama.cpp splits layers over
// devices by the memory that these call free, so every device is made to name its share of the layers: then the split
// is the one that was previewed, whatever the drivers say.
//
// VRAMESH_SPLIT holds a line for each shard server and one for this machine's GPUs, in the order of the layers:
//   shard LAYERS[,LAYERS…] SOCKET   one number for each device that was leased there
//   local LAYERS[,LAYERS…]          one number for each GPU that this process sees
#include "vramesh.h"

#include <cstdlib>
#include <sstream>
#include <unordered_map>
#include <vector>

#ifdef _WIN32
#    include <windows.h>
// after windows.h
#    include <psapi.h>
#elif defined(__APPLE__)
#    include <dlfcn.h>
#    include <mach-o/dyld.h>
#else
#    include <dlfcn.h>
#    include <link.h>
#endif

namespace vramesh {

namespace {

#ifndef _WIN32
void * function_of(const char * library, const char * name) {
    void * handle = ::dlopen(library, RTLD_LAZY | RTLD_NOLOAD);
    if (handle == nullptr) return nullptr;
    void * found = ::dlsym(handle, name);
    ::dlclose(handle);
    return found;
}
#endif

// A share of one layer. A power of two, so that llama.cpp's float arithmetic is exact: layer i goes where it shall.
constexpr size_t bytes_of_layer = size_t{ 1 } << 30;

std::unordered_map<ggml_backend_dev_t, size_t> & shares() {
    static std::unordered_map<ggml_backend_dev_t, size_t> all;
    return all;
}

void share_as_memory(ggml_backend_dev_t device, size_t * free, size_t * total) {
    *free = *total = shares()[device] * bytes_of_layer;
}

void give_share(ggml_backend_dev_t device, size_t layers) {
    shares()[device]          = layers;
    device->iface.get_memory = share_as_memory;
}

std::vector<ggml_backend_dev_t> & shard_devices() {
    static std::vector<ggml_backend_dev_t> all;
    return all;
}

std::vector<size_t> numbers(const std::string & list) {
    std::vector<size_t> found;
    std::istringstream  stream(list);
    for (std::string number; std::getline(stream, number, ',');) found.push_back(std::strtoull(number.c_str(), nullptr, 10));
    return found;
}

void add_shards(const std::string & path, const std::vector<size_t> & layers) {
    const std::string name = std::to_string(shard_devices().size());
    set_socket_path(name, path);
    ggml_backend_reg_t reg = add_shard(name + ":0");
    if (reg == nullptr) return;
    for (size_t i = 0; i < layers.size() && i < ggml_backend_reg_dev_count(reg); ++i) {
        ggml_backend_dev_t device = ggml_backend_reg_dev_get(reg, i);
        give_share(device, layers[i]);
        shard_devices().push_back(device);
    }
}

void share_local_gpus(const std::vector<size_t> & layers) {
    const auto count = reinterpret_cast<size_t (*)()>(loaded_function("ggml_backend_dev_count"));
    const auto get   = reinterpret_cast<ggml_backend_dev_t (*)(size_t)>(loaded_function("ggml_backend_dev_get"));
    if (count == nullptr || get == nullptr) return;
    size_t gpu = 0;
    for (size_t i = 0; i < count() && gpu < layers.size(); ++i) {
        const auto type = ggml_backend_dev_type(get(i));
        if (type == GGML_BACKEND_DEVICE_TYPE_GPU || type == GGML_BACKEND_DEVICE_TYPE_IGPU) give_share(get(i), layers[gpu++]);
    }
}

void read_split(const char * text) {
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        std::istringstream words(line);
        std::string        kind, layers, path;
        words >> kind >> layers >> std::ws;
        std::getline(words, path);
        if (kind == "shard") add_shards(path, numbers(layers));
        if (kind == "local") share_local_gpus(numbers(layers));
    }
}

// llama.cpp puts the devices of a backend of this name before the local GPUs.
const char * name(ggml_backend_reg_t) { return "RPC"; }

size_t device_count(ggml_backend_reg_t) { return shard_devices().size(); }

ggml_backend_dev_t device(ggml_backend_reg_t, size_t index) { return shard_devices().at(index); }

void * proc_address(ggml_backend_reg_t, const char *) { return nullptr; }

ggml_backend_reg registry = { GGML_BACKEND_API_VERSION, { name, device_count, device, proc_address }, nullptr };

} // namespace

void * loaded_function(const char * name) {
#ifdef _WIN32
    HMODULE modules[1024];
    DWORD   bytes = 0;
    if (!::EnumProcessModules(::GetCurrentProcess(), modules, sizeof modules, &bytes)) return nullptr;
    for (DWORD i = 0; i < bytes / sizeof(HMODULE) && i < 1024; ++i)
        if (auto found = ::GetProcAddress(modules[i], name)) return reinterpret_cast<void *>(found);
    return nullptr;
#elif defined(__APPLE__)
    for (uint32_t i = 0; i < ::_dyld_image_count(); ++i)
        if (void * found = function_of(::_dyld_get_image_name(i), name)) return found;
    return nullptr;
#else
    struct search {
        const char * name;
        void *       found;
    } looking = { name, nullptr };
    ::dl_iterate_phdr(
        [](dl_phdr_info * library, size_t, void * data) {
            auto * it = static_cast<search *>(data);
            it->found = function_of(library->dlpi_name, it->name);
            return it->found != nullptr ? 1 : 0;
        },
        &looking);
    return looking.found;
#endif
}

} // namespace vramesh

extern "C" {
GGML_BACKEND_API ggml_backend_reg_t ggml_backend_init(void);
}

/// llama.cpp calls this when it has loaded its own backends.
ggml_backend_reg_t ggml_backend_init(void) {
    using namespace vramesh;
    static bool begun = false;
    // node-llama-cpp tries its library in a process of its own before it uses it: that one connects to nobody.
    if (begun || std::getenv("TEST_BINDING_CP") != nullptr) return &registry;
    begun = true;
    const auto by_name = reinterpret_cast<ggml_backend_reg_t (*)(const char *)>(loaded_function("ggml_backend_reg_by_name"));
    if (by_name != nullptr) install_thread_pool(by_name("CPU"));
    if (const char * split = std::getenv("VRAMESH_SPLIT")) read_split(split);
    return &registry;
}
